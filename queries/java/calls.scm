; Calls, constructions, annotations.

; a.f(x), f(x)
(method_invocation object: (_) @call.object) @call
(method_invocation name: (_) @call.name) @call
(method_invocation arguments: (argument_list (_) @call.argument)) @call

; new F(x) { }
(object_creation_expression type: (_) @call.callee) @call @call.new
(object_creation_expression arguments: (argument_list (_) @call.argument)) @call
(object_creation_expression (class_body) @call.argument) @call

; super(x), this(x)
(explicit_constructor_invocation constructor: (_) @call.callee) @call
(explicit_constructor_invocation arguments: (argument_list (_) @call.argument)) @call

; @F("x"), @F(a = "x")
(annotation name: (_) @call.callee) @call
(annotation arguments: (annotation_argument_list (_) @call.argument)) @call
(element_value_pair key: (_) @argument.name value: (_) @argument.value) @argument

; (x), (T) x
(parenthesized_expression (_) @group.value) @group
(cast_expression value: (_) @group.value) @group
