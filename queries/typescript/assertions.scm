; Type assertions in brackets, which TSX does not have.

; <T>a
(type_assertion (type_arguments) . (_) @group.value) @group
