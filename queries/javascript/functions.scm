; Functions, classes, control flow and statements.

; function f(a) { }
(function_declaration name: (_) @function.name body: (_) @function.body) @function
(generator_function_declaration name: (_) @function.name body: (_) @function.body) @function
(function_declaration parameters: (formal_parameters (_) @function.parameter)) @function
(function_declaration "async" @function.async) @function

; function (a) { }
(function_expression body: (_) @function.body) @function
(function_expression parameters: (formal_parameters (_) @function.parameter)) @function
(function_expression "async" @function.async) @function

; a => b, (a) => { }
(arrow_function body: (statement_block) @function.body) @function
(arrow_function body: (expression) @function.value) @function
(arrow_function parameter: (_) @function.parameter) @function
(arrow_function parameters: (formal_parameters (_) @function.parameter)) @function
(arrow_function "async" @function.async) @function

; class A { m(a) { } }
(method_definition name: (_) @function.name body: (_) @function.body) @function
(method_definition parameters: (formal_parameters (_) @function.parameter)) @function
(method_definition "async" @function.async) @function
(class_declaration name: (_) @class.name body: (_) @class.body) @class
(class body: (_) @class.body) @class

; return a
(return_statement) @return
(return_statement (_) @return.value) @return
(throw_statement) @throw

; if (a) { } else { }
(if_statement condition: (_) @branch.condition consequence: (_) @branch.body) @branch
(if_statement alternative: (_) @branch.else) @branch

; try { } catch (e) { }
(try_statement) @guarded
(catch_clause) @handler @scope
(catch_clause parameter: (_) @handler.target) @handler

; blocks and statements
(statement_block) @scope
(for_statement) @scope
(for_in_statement) @scope
(program (_) @statement)
(statement_block (_) @statement)
(class_body (_) @statement)
(switch_case body: (_) @statement)
(switch_default body: (_) @statement)
(if_statement consequence: (_) @statement)
(else_clause (_) @statement)
