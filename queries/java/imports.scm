; Imports.

; import a.b.C; import static a.b.C.d;
(import_declaration) @import
(import_declaration (scoped_identifier) @import.path @import.item .)

; import a.b.*;
(import_declaration (scoped_identifier) @import.module (asterisk) @import.all) @import
