; Declarations, assignments, destructuring.

; const a = b, let a
(lexical_declaration (variable_declarator name: (_) @assign.target) @assign @assign.declare)
(variable_declaration (variable_declarator name: (_) @assign.target) @assign @assign.declare @assign.hoisted)
(variable_declarator value: (_) @assign.value) @assign

; a = b, a += b
(assignment_expression left: (_) @assign.target right: (_) @assign.value) @assign
(augmented_assignment_expression left: (_) @assign.target) @assign

; for (const a of b), for (const a in b): keys, which are no elements
(for_in_statement left: (_) @assign.target operator: "of" right: (_) @assign.value) @assign @assign.declare @assign.element
(for_in_statement left: (_) @assign.target operator: "in") @assign @assign.declare @assign.element

; const { a, b: c, d = 1, ...e } = f
(object_pattern (_) @pattern.entry) @pattern.record
(pair_pattern key: (_) @pair.key value: (_) @pair.value) @pair
(shorthand_property_identifier_pattern) @name
(object_assignment_pattern left: (_) @default.target right: (_) @default.value) @default
(assignment_pattern left: (_) @default.target right: (_) @default.value) @default
(rest_pattern (_) @rest.target) @rest

; const [a, b] = c
(array_pattern (_) @pattern.entry) @pattern.list
