; Expressions that can be evaluated without running them.

; "text", r"text"
(string_literal) @string
(string_literal (string_content) @string.piece) @string
(string_literal (escape_sequence) @string.piece) @string
(raw_string_literal) @string
(raw_string_literal (string_content) @string.piece) @string

; 42, true
[(integer_literal) (float_literal) (boolean_literal) (char_literal)] @literal

; the fields of T { a: b, c, ..d }
(field_initializer_list) @record
(field_initializer_list (_) @record.entry) @record
(field_initializer field: (_) @pair.key value: (_) @pair.value) @pair
(shorthand_field_initializer (identifier) @group.value) @group
(base_field_initializer (_) @spread.value) @spread

; [a, b], (a, b)
(array_expression) @list
(array_expression (_) @list.item) @list
(tuple_expression) @list
(tuple_expression (_) @list.item) @list

; a.b, a::b
(field_expression value: (_) @member.object field: (_) @member.name) @member
(scoped_identifier path: (_) @member.object name: (_) @member.name) @member
(scoped_type_identifier path: (_) @member.object name: (_) @member.name) @member

; a[b]
(index_expression . (_) @index.object (_) @index.key) @index

; a + b
(binary_expression left: (_) @operation.operand operator: _ @operation.operator right: (_) @operation.operand) @operation

; a, self, T
(identifier) @name
(self) @name
(crate) @name
(super) @name
(type_identifier) @name
