; Imports and exports of ES modules; `require` and `module.exports` are plain values.

; import a, { b as c } from 'm'; import * as d from 'm'
(import_statement source: (_) @import.module) @import
(import_clause (identifier) @import.default) @import.item
(namespace_import (identifier) @import.namespace) @import.item
(import_specifier name: (_) @import.name) @import.item
(import_specifier alias: (_) @import.alias) @import.item

; export default a; export const b = 1; export { c as d } from 'm'; export { e }; export * from 'm'
(export_statement value: (_) @export.value) @export
(export_statement declaration: (_) @export.declaration) @export
(export_statement source: (_) @export.module) @export
(export_statement (export_clause)) @export
(export_specifier name: (_) @export.name) @export.item
(export_specifier alias: (_) @export.alias) @export.item
