; Assignments and everything else that binds a name.

; a = b, a: T = b
(assignment left: (_) @assign.target) @assign @assign.declare
(assignment right: (_) @assign.value) @assign
(assignment type: (type (_) @assign.type)) @assign
(augmented_assignment left: (_) @assign.target) @assign
(named_expression name: (_) @assign.target value: (_) @assign.value) @assign @assign.declare

; with a as b, except a as b
(as_pattern (_) @assign.value alias: (as_pattern_target (_) @assign.target)) @assign @assign.declare

; for a in b, [a for a in b]
(for_statement left: (_) @assign.target right: (_) @assign.value) @assign @assign.declare @assign.element
(for_in_clause left: (_) @assign.target right: (_) @assign.value) @assign @assign.declare @assign.element

; a, b = c
(pattern_list (_) @pattern.entry) @pattern.list
(tuple_pattern (_) @pattern.entry) @pattern.list
(list_splat_pattern (_) @rest.target) @rest
(dictionary_splat_pattern (_) @rest.target) @rest

; def f(a=1, b: T = 2)
(default_parameter name: (_) @default.target value: (_) @default.value) @default
(typed_default_parameter name: (_) @default.target value: (_) @default.value) @default
(typed_default_parameter type: (type (_) @default.type)) @default
(typed_parameter . (_) @default.target) @default
(typed_parameter type: (type (_) @default.type)) @default

; global a
(global_statement (_) @global.name) @global
(nonlocal_statement (_) @global.name) @global
