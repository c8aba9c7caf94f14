; Imports.

; use a::b; use a::b as c;
(use_declaration) @import
(use_declaration argument: (scoped_identifier) @import.path @import.item)
(use_declaration argument: (identifier) @import.path @import.item)
(use_as_clause path: (_) @import.path alias: (_) @import.alias) @import.item

; use a::{b, c::d, self};
(scoped_use_list path: (_) @import.prefix) @import.group
(use_list (identifier) @import.path @import.item)
(use_list (scoped_identifier) @import.path @import.item)
(use_list (self) @import.path @import.item)

; use a::*;
(use_wildcard (_) @import.prefix) @import.group @import.wildcard

; mod a;
(mod_item name: (_) @import.path !body) @import @import.item
