; Calls, constructions, waits.

; f(x)
(call_expression function: (_) @call.callee) @call
(call_expression arguments: (arguments (_) @call.argument)) @call

; new F(x)
(new_expression constructor: (_) @call.callee) @call @call.new
(new_expression arguments: (arguments (_) @call.argument)) @call

; await p
(await_expression (_) @await.value) @await

; (x)
(parenthesized_expression (_) @group.value) @group
