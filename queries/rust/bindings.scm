; Variables, constants, parameters and patterns.

; let a: T = b
(let_declaration pattern: (_) @assign.target) @assign @assign.declare
(let_declaration value: (_) @assign.value) @assign
(let_declaration type: (_) @assign.type) @assign

; if let Some(a) = b
(let_condition pattern: (_) @assign.target value: (_) @assign.value) @assign @assign.declare

; const A: T = b, static A: T = b
(const_item name: (_) @assign.target) @assign @assign.declare
(const_item value: (_) @assign.value) @assign
(static_item name: (_) @assign.target) @assign @assign.declare
(static_item value: (_) @assign.value) @assign

; a = b
(assignment_expression left: (_) @assign.target right: (_) @assign.value) @assign

; for a in b
(for_expression pattern: (_) @assign.target value: (_) @assign.value) @assign @assign.declare @assign.element

; (a, b), Some(a), mut a
(tuple_pattern (_) @pattern.entry) @pattern.list
(tuple_struct_pattern type: (_) . (_) @default.target) @default
(mut_pattern (identifier) @default.target) @default

; S { a, b: c }
(struct_pattern (field_pattern) @pattern.entry) @pattern.record
(field_pattern name: (field_identifier) @pair.key pattern: (_) @pair.value) @pair
(field_pattern name: (shorthand_field_identifier) @default.target) @default
(shorthand_field_identifier) @name

; f(a: T)
(parameter pattern: (_) @default.target type: (_) @default.type) @default
