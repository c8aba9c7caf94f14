; What a class has where the grammar knows no types.

; class A { f = 1 }
(field_definition property: (_) @field.name) @field
(field_definition value: (_) @field.value) @field

; class A extends B { }
(class_declaration (class_heritage (_) @class.base)) @class
(class (class_heritage (_) @class.base)) @class
