; Methods, classes, control flow and statements.

; T f(U a) { }
(method_declaration name: (_) @function.name) @function
(method_declaration body: (_) @function.body) @function
(method_declaration parameters: (formal_parameters (_) @function.parameter)) @function
(method_declaration (modifiers (annotation) @function.annotation)) @function
(method_declaration type: (_) @function.returns) @function
(method_declaration (throws (_) @function.throws)) @function
(method_declaration type_parameters: (type_parameters (type_parameter (type_identifier) @function.type))) @function
(annotation_type_element_declaration name: (_) @function.name) @function
(annotation_type_element_declaration value: (_) @function.value) @function
(annotation_type_element_declaration (modifiers (annotation) @function.annotation)) @function

; A(U a) { }
(constructor_declaration name: (_) @function.name body: (_) @function.body) @function @function.constructor
(constructor_declaration (throws (_) @function.throws)) @function
(constructor_declaration parameters: (formal_parameters (_) @function.parameter)) @function

; a -> b, (a, b) -> { }
(lambda_expression body: (block) @function.body) @function
(lambda_expression body: (expression) @function.value) @function
(lambda_expression parameters: (identifier) @function.parameter) @function
(lambda_expression parameters: (inferred_parameters (_) @function.parameter)) @function
(lambda_expression parameters: (formal_parameters (_) @function.parameter)) @function

; class A extends B implements C { }, interface, enum, record
(class_declaration name: (_) @class.name body: (_) @class.body) @class @class.open
(class_declaration superclass: (superclass (_) @class.base)) @class
(class_declaration interfaces: (super_interfaces (type_list (_) @class.base))) @class
(interface_declaration name: (_) @class.name body: (_) @class.body) @class @class.open
(interface_declaration (extends_interfaces (type_list (_) @class.base))) @class
(annotation_type_declaration name: (_) @class.name body: (_) @class.body) @class @class.open
(enum_declaration name: (_) @class.name body: (_) @class.body) @class @class.open
(enum_declaration interfaces: (super_interfaces (type_list (_) @class.base))) @class
(enum_constant name: (_) @field.name) @field
(enum_constant arguments: (argument_list (_) @field.value)) @field
(record_declaration name: (_) @class.name body: (_) @class.body) @class @class.open
(record_declaration parameters: (formal_parameters (_) @class.parameter)) @class

; return a
(return_statement) @return
(return_statement (_) @return.value) @return
(throw_statement) @throw

; if (a) { } else { }
(if_statement condition: (_) @branch.condition consequence: (_) @branch.body) @branch
(if_statement alternative: (_) @branch.else) @branch

; try { } catch (E e) { }
(try_statement) @guarded
(try_with_resources_statement) @guarded
(catch_clause) @handler @scope
(catch_clause (catch_formal_parameter (catch_type (_) @handler.filter) name: (_) @handler.target)) @handler

; blocks and statements
(block) @scope
(for_statement) @scope
(enhanced_for_statement) @scope
(program (_) @statement)
(block (_) @statement)
(constructor_body (_) @statement)
(class_body (_) @statement)
(interface_body (_) @statement)
(annotation_type_body (_) @statement)
(enum_body_declarations (_) @statement)
(switch_block_statement_group (statement) @statement)
