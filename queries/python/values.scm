; Expressions that can be evaluated without running them.

; "text", f"text {hole}"
(string) @string
(string (string_content) @string.piece) @string
(string (interpolation expression: (_) @string.hole)) @string

; "a" "b"
(concatenated_string (_) @operation.operand) @operation

; 42, True, None
[(integer) (float) (true) (false) (none)] @literal

; {"key": value, **rest}
(dictionary) @record
(dictionary (_) @record.entry) @record
(pair key: (_) @pair.key value: (_) @pair.value) @pair
(dictionary_splat (_) @spread.value) @spread
(list_splat (_) @spread.value) @spread

; [a, b], (a, b)
(list) @list
(list (_) @list.item) @list
(tuple) @list
(tuple (_) @list.item) @list
(expression_list (_) @list.item) @list

; [a for a in b], {a: b for a, b in c}: a list or record of what its one item may be
[(list_comprehension body: (_) @list.item) (set_comprehension body: (_) @list.item)] @list
(generator_expression body: (_) @list.item) @list
(dictionary_comprehension body: (_) @record.entry) @record

; a.b
(attribute object: (_) @member.object attribute: (_) @member.name) @member

; a["b"]
(subscript value: (_) @index.object subscript: (_) @index.key) @index

; a + b, a % b, a or b
(binary_operator left: (_) @operation.operand operator: _ @operation.operator right: (_) @operation.operand) @operation
(boolean_operator left: (_) @operation.operand operator: _ @operation.operator right: (_) @operation.operand) @operation
(comparison_operator (_) @operation.operand) @operation
(comparison_operator operators: _ @operation.operator) @operation

; a
(identifier) @name

; a if b else c
(conditional_expression . (_) @choice.option . (_) @choice.condition . (_) @choice.option) @choice
