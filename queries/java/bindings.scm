; Variables, fields, parameters and what they are assigned.

; T a = b
(local_variable_declaration type: (_) @assign.type declarator: (variable_declarator name: (_) @assign.target) @assign @assign.declare)
(field_declaration type: (_) @assign.type declarator: (variable_declarator name: (_) @assign.target) @assign @assign.declare)
(constant_declaration type: (_) @assign.type declarator: (variable_declarator name: (_) @assign.target) @assign @assign.declare)
(variable_declarator value: (_) @assign.value) @assign

; @F("x") T a
(field_declaration (modifiers (annotation) @assign.annotation) declarator: (variable_declarator) @assign)

; a = b, a += b
(assignment_expression left: (_) @assign.target right: (_) @assign.value) @assign

; for (T a : b)
(enhanced_for_statement name: (_) @assign.target value: (_) @assign.value) @assign @assign.declare @assign.element

; try (T a = b)
(resource type: (_) @assign.type name: (_) @assign.target value: (_) @assign.value) @assign @assign.declare

; f(T a), f(@F("x") T a)
(formal_parameter name: (_) @default.target) @default
(formal_parameter type: (_) @default.type) @default
(formal_parameter (modifiers (annotation) @default.annotation)) @default
(spread_parameter (variable_declarator name: (_) @default.target)) @default
