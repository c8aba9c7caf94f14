; Imports.

; import a.b as c
(import_statement) @import
(import_statement name: (dotted_name) @import.namespace @import.item)
(import_statement name: (aliased_import name: (_) @import.namespace alias: (_) @import.alias) @import.item)

; from a import b as c
(import_from_statement module_name: (_) @import.module) @import
(import_from_statement name: (dotted_name) @import.name @import.item)
(import_from_statement name: (aliased_import name: (_) @import.name alias: (_) @import.alias) @import.item)

; from a import *
(import_from_statement module_name: (_) @import.module (wildcard_import) @import.all) @import
