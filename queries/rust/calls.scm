; Calls, macros, struct literals, waits.

; f(x), a.f(x)
(call_expression function: (_) @call.callee) @call
(call_expression arguments: (arguments (_) @call.argument)) @call
(generic_function function: (_) @group.value) @group

; f!(x)
(macro_invocation macro: (_) @call.callee) @call
(macro_invocation (token_tree) @call.tokens) @call

; T { a: b, c, ..d }
(struct_expression name: (_) @call.callee body: (_) @call.argument) @call @call.new

; p.await
(await_expression (_) @await.value) @await

; (x), x?, &x, x as T
(parenthesized_expression (_) @group.value) @group
(try_expression (_) @group.value) @group
(reference_expression value: (_) @group.value) @group
(type_cast_expression value: (_) @group.value) @group
