; Expressions that can be evaluated without running them.

; "text", and text blocks
(string_literal) @string
(string_literal (string_fragment) @string.piece) @string
(string_literal (multiline_string_fragment) @string.piece) @string
(string_literal (escape_sequence) @string.piece) @string

; 42, true, null
[
  (decimal_integer_literal) (hex_integer_literal) (decimal_floating_point_literal)
  (true) (false) (null_literal) (character_literal)
] @literal

; { a, b }
(array_initializer) @list
(array_initializer (_) @list.item) @list
(element_value_array_initializer) @list
(element_value_array_initializer (_) @list.item) @list
(array_creation_expression value: (_) @group.value) @group

; a.b, a::b
(field_access object: (_) @member.object field: (_) @member.name) @member
(method_reference . (_) @member.object (identifier) @member.name .) @member

; a[b]
(array_access array: (_) @index.object index: (_) @index.key) @index

; a + b
(binary_expression left: (_) @operation.operand operator: _ @operation.operator right: (_) @operation.operand) @operation

; a ? b : c
(ternary_expression condition: (_) @choice.condition consequence: (_) @choice.option alternative: (_) @choice.option) @choice

; a, this, T, a.b.T
(identifier) @name
(this) @name
(super) @name
(type_identifier) @name
(scoped_type_identifier) @name
(scoped_identifier) @name

; A<B>
(generic_type . (_) @group.value (type_arguments) @group.type) @group
