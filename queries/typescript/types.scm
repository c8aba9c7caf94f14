; What TypeScript adds: types of names, parameter properties, enums, namespaces, assertions.

; class A { private readonly f: T = 1 }
(public_field_definition name: (_) @field.name) @field
(public_field_definition value: (_) @field.value) @field
(public_field_definition type: (type_annotation (_) @field.type)) @field

; class A extends B implements C { }
(class_declaration (class_heritage (extends_clause value: (_) @class.base))) @class
(class_declaration (class_heritage (implements_clause (_) @class.base))) @class
(abstract_class_declaration name: (_) @class.name body: (_) @class.body) @class
(abstract_class_declaration (class_heritage (extends_clause value: (_) @class.base))) @class

; interface A extends B { f: T }
(interface_declaration name: (_) @class.name body: (_) @class.body) @class
(interface_declaration (extends_type_clause (_) @class.base)) @class
(property_signature name: (_) @field.name) @field
(property_signature type: (type_annotation (_) @field.type)) @field

; type A = { f: T }
(type_alias_declaration name: (_) @class.name value: (object_type) @class.body) @class

; type A = B
(type_alias_declaration name: (_) @class.name) @class
(type_alias_declaration value: [
  (array_type) (conditional_type) (function_type) (generic_type) (index_type_query) (intersection_type) (literal_type)
  (lookup_type) (nested_type_identifier) (parenthesized_type) (readonly_type) (template_literal_type) (tuple_type)
  (type_identifier) (type_query) (union_type)
] @class.base) @class

; f(a: T = 1), constructor(private readonly a: T)
(required_parameter pattern: (_) @default.target) @default
(required_parameter value: (_) @default.value) @default
(required_parameter type: (type_annotation (_) @default.type)) @default
(required_parameter (accessibility_modifier) @default.property) @default
(required_parameter "readonly" @default.property) @default
(optional_parameter pattern: (_) @default.target) @default
(optional_parameter value: (_) @default.value) @default
(optional_parameter type: (type_annotation (_) @default.type)) @default
(optional_parameter (accessibility_modifier) @default.property) @default

; const a: T = b
(variable_declarator type: (type_annotation (_) @assign.type)) @assign

; enum E { A = 'a' }
(enum_declaration name: (_) @class.name body: (_) @class.body) @class
(enum_assignment name: (_) @field.name value: (_) @field.value) @field

; namespace N { export const a = 1 }
(internal_module name: (_) @class.name body: (_) @class.body) @class @class.open

; import a = require('m')
(import_statement (import_require_clause source: (_) @import.module)) @import
(import_require_clause (identifier) @import.namespace) @import.item

; a as T, a satisfies T, a!
(as_expression . (_) @group.value) @group
(as_expression (_) (_) @group.type) @group
(satisfies_expression . (_) @group.value) @group
(satisfies_expression (_) (_) @group.type) @group
(non_null_expression (_) @group.value) @group

; f<T>(a), new A<T>(a)
(call_expression type_arguments: (_) @call.type) @call
(new_expression type_arguments: (_) @call.type) @call

; T, where it is a type
(type_identifier) @name

; function f<T>(): a name for a type inside of the function
(function_declaration type_parameters: (type_parameters (type_parameter name: (_) @function.type))) @function
(function_expression type_parameters: (type_parameters (type_parameter name: (_) @function.type))) @function
(arrow_function type_parameters: (type_parameters (type_parameter name: (_) @function.type))) @function
(method_definition type_parameters: (type_parameters (type_parameter name: (_) @function.type))) @function
