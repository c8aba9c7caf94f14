; Calls and waits.

; f(a, b=c)
(call function: (_) @call.callee) @call
(call arguments: (argument_list (_) @call.argument)) @call
(keyword_argument name: (_) @argument.name value: (_) @argument.value) @argument

; await p
(await (_) @await.value) @await

; (x)
(parenthesized_expression (_) @group.value) @group
