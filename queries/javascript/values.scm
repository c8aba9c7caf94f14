; Expressions that can be evaluated without running them.

; 'text', "text", `text ${hole}`
(string) @string
(string (string_fragment) @string.piece) @string
(string (escape_sequence) @string.piece) @string
(template_string) @string
(template_string (string_fragment) @string.piece) @string
(template_string (escape_sequence) @string.piece) @string
(template_string (template_substitution (_) @string.hole)) @string

; 42, true, null
[(number) (true) (false) (null) (undefined)] @literal

; { key: value, short, [computed]: value, ...rest }
(object) @record
(object (_) @record.entry) @record
(pair key: (_) @pair.key value: (_) @pair.value) @pair
(shorthand_property_identifier) @name
(spread_element (_) @spread.value) @spread

; [a, b]
(array) @list
(array (_) @list.item) @list

; a.b, a.#b, a?.b
(member_expression object: (_) @member.object property: (_) @member.name) @member

; a[b]
(subscript_expression object: (_) @index.object index: (_) @index.key) @index

; a + b, a || b
(binary_expression left: (_) @operation.operand operator: _ @operation.operator right: (_) @operation.operand) @operation

; a ? b : c
(ternary_expression condition: (_) @choice.condition consequence: (_) @choice.option alternative: (_) @choice.option) @choice

; a, this
(identifier) @name
(this) @name
(super) @name
(import) @name
