; Functions, types, control flow and statements.

; fn f(a: T) -> U { }
(function_item name: (_) @function.name body: (_) @function.body) @function
(function_item parameters: (parameters (parameter) @function.parameter)) @function
(function_item (function_modifiers "async" @function.async)) @function
(function_item body: (block (_) @function.tail .)) @function
(function_signature_item name: (_) @function.name) @function
(function_signature_item parameters: (parameters (parameter) @function.parameter)) @function

; |a| b
(closure_expression body: (_) @function.value) @function
(closure_expression parameters: (closure_parameters (_) @function.parameter)) @function

; struct S { a: T }, enum, trait, impl S, mod m { }
(struct_item name: (_) @class.name body: (_) @class.body) @class
(struct_item name: (_) @class.name !body) @class
(enum_item name: (_) @class.name body: (_) @class.body) @class
(trait_item name: (_) @class.name body: (_) @class.body) @class
(impl_item type: (type_identifier) @class.name body: (_) @class.body) @class
(impl_item type: (scoped_type_identifier name: (_) @class.name) body: (_) @class.body) @class
(impl_item type: (generic_type type: (type_identifier) @class.name) body: (_) @class.body) @class
(impl_item type: (generic_type type: (scoped_type_identifier name: (_) @class.name)) body: (_) @class.body) @class
(impl_item trait: (_) @class.base) @class
(mod_item name: (_) @class.name body: (_) @class.body) @class @class.open
(field_declaration name: (_) @field.name) @field
(field_declaration type: (_) @field.type) @field

; return a
(return_expression) @return
(return_expression (_) @return.value) @return

; if a { } else { }
(if_expression condition: (_) @branch.condition consequence: (_) @branch.body) @branch
(if_expression alternative: (_) @branch.else) @branch

; #[derive(A)], #[serde(rename = "a")], which belong to what follows
(attribute_item) @attached

; blocks and statements
(block) @scope
(source_file (_) @statement)
(block (_) @statement)
(declaration_list (_) @statement)
