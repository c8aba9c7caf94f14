; Functions, classes, control flow and statements.

; def f(a): ...
(function_definition name: (_) @function.name body: (_) @function.body) @function
(function_definition parameters: (parameters (_) @function.parameter)) @function
(function_definition "async" @function.async) @function

; lambda a: b
(lambda body: (_) @function.value) @function
(lambda parameters: (lambda_parameters (_) @function.parameter)) @function

; class A: ...
(class_definition name: (_) @class.name body: (_) @class.body) @class
(class_definition superclasses: (argument_list (_) @class.base)) @class

; return a
(return_statement) @return
(return_statement (_) @return.value) @return
(raise_statement) @throw

; if a: ... else: ...
(if_statement condition: (_) @branch.condition consequence: (_) @branch.body) @branch
(if_statement alternative: (_) @branch.else) @branch

; try: ... except E: ...
(try_statement) @guarded
(except_clause) @handler
(except_clause value: (_) @handler.filter) @handler

; comprehensions have names of their own
[(list_comprehension) (dictionary_comprehension) (set_comprehension) (generator_expression)] @scope

; statements
(module (_) @statement)
(block (_) @statement)
