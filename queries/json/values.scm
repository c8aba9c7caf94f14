; JSON documents as the same records that code has.

; "text"
(string) @string
(string (string_content) @string.piece) @string

; 42, true, null
[(number) (true) (false) (null)] @literal

; { "key": value }
(object) @record
(object (_) @record.entry) @record
(pair key: (_) @pair.key value: (_) @pair.value) @pair

; [a, b]
(array) @list
(array (_) @list.item) @list

; the document
(document [(object) (array) (string)] @export.value) @export
