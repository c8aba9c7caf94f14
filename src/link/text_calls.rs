//! Calls whose result is text made of their arguments: formats, joins, look-ups, objects that gather text.

use crate::facts::Value;
use crate::knowledge::{FormatStyle, Lookup, path_matches};

use super::bound::Bound;
use super::origin::Origin;
use super::project::{Expr, Project};
use super::text::{HOLE, TextPart, TextValue, WIDTH, known, product};

impl Project {
    /// `format % values`: each conversion takes the next value.
    pub(super) fn percent(&self, format: Expr, given: Expr, bound: Bound<'_>) -> Vec<TextValue> {
        let values: Vec<Expr> = match self.value(given) {
            Value::List(items) => items.iter().map(|id| Expr { file: given.file, id: *id }).collect(),
            _ => vec![given],
        };
        self.filled(format, &values, bound, split_percent)
    }

    /// Fills the gaps that `split` finds in a format text with values, in order.
    fn filled(
        &self,
        format: Expr,
        values: &[Expr],
        bound: Bound<'_>,
        split: fn(&str) -> Vec<String>,
    ) -> Vec<TextValue> {
        let mut res = Vec::new();
        for text in self.texts_at(format, bound.deeper()) {
            let mut acc = vec![TextValue::default()];
            let mut values = values.iter();
            for part in &text.parts {
                let TextPart::Known { text, at } = part else {
                    acc = product(&acc, &[TextValue { parts: vec![part.clone()] }]);
                    continue;
                };
                let pieces = split(text);
                let last = pieces.len().saturating_sub(1);
                for (place, piece) in pieces.into_iter().enumerate() {
                    acc = product(&acc, &[known(piece, *at)]);
                    if place < last {
                        let next = values.next().map(|it| self.texts_at(*it, bound.deeper()));
                        acc = product(&acc, &next.unwrap_or_else(|| vec![known(HOLE.to_string(), None)]));
                    }
                }
            }
            res.extend(acc);
        }
        res.truncate(WIDTH);
        res
    }

    /// Methods and functions whose result is text made of their arguments.
    pub(super) fn text_method(&self, call: Expr, callee: Expr, bound: Bound<'_>) -> Option<Vec<TextValue>> {
        if let Value::Member { object, name, .. } = self.value(callee) {
            let object = Expr { file: callee.file, id: *object };
            match name.as_str() {
                "format" if self.facts(call.file).language.id == "python" => {
                    let Value::Call { arguments, .. } = self.value(call) else { return None };
                    let values: Vec<Expr> = arguments.iter().map(|it| Expr { file: call.file, id: it.value }).collect();
                    return Some(self.filled(object, &values, bound, split_braces));
                }
                "formatted" => {
                    let Value::Call { arguments, .. } = self.value(call) else { return None };
                    let values: Vec<Expr> = arguments.iter().map(|it| Expr { file: call.file, id: it.value }).collect();
                    return Some(self.filled(object, &values, bound, split_percent));
                }
                "join" if self.facts(call.file).language.id != "java" => return self.joined(call, object, bound),
                "concat" => {
                    let parts = std::iter::once(object).chain(self.argument(call, 0));
                    let parts = parts.map(|it| self.texts_at(it, bound.deeper()));
                    return Some(parts.fold(vec![TextValue::default()], |acc, next| product(&acc, &next)));
                }
                "append" | "push_str" => {
                    let parts = std::iter::once(object).chain(self.argument(call, 0));
                    let parts = parts.map(|it| self.texts_at(it, bound.deeper()));
                    return Some(parts.fold(vec![TextValue::default()], |acc, next| product(&acc, &next)));
                }
                "toString" | "to_string" | "to_owned" | "into" | "as_str" | "as_ref" | "clone" | "toLowerCase"
                | "strip_suffix" | "getBytes" | "toURL" | "toURI" | "intern" | "replaceAll" | "trim_end_matches"
                | "build"
                    if self.argument(call, 0).is_none()
                        || matches!(name.as_str(), "getBytes" | "strip_suffix" | "trim_end_matches") =>
                {
                    return Some(self.texts_at(object, bound.deeper()));
                }
                "toString" | "trim" | "strip" | "rstrip" | "decode" | "encode" | "href" => {
                    return Some(self.texts_at(object, bound.deeper()));
                }
                _ => {}
            }
        }
        self.known_call(call, bound)
    }

    /// Whether a call is a format of this style.
    pub(super) fn is_format(&self, call: Expr, style: FormatStyle) -> bool {
        let language = self.facts(call.file).language.id;
        let mut rows =
            self.knowledge().formats.iter().filter(|row| row.language == language && row.style == style).peekable();
        rows.peek().is_some() && {
            let paths = self.callee_paths(call);
            rows.any(|row| paths.iter().any(|path| path_matches(&row.call, path)))
        }
    }

    /// Calls that the knowledge tables describe: look-ups, joins of URLs, conversions.
    fn known_call(&self, call: Expr, bound: Bound<'_>) -> Option<Vec<TextValue>> {
        let language = self.facts(call.file).language.id;
        let paths = self.callee_paths(call);
        let fits = |row: &str, row_language: &str| {
            row_language == language && paths.iter().any(|path| path_matches(row, path))
        };
        let knowledge = self.knowledge();
        if let Some(row) = knowledge.urls.iter().find(|row| fits(&row.call, &row.language)) {
            let parts = [&row.base, &row.path].into_iter().filter_map(|slot| self.slot(call, slot));
            let parts = parts.map(|it| self.texts_at(it, bound.deeper()));
            return Some(parts.fold(vec![TextValue::default()], |acc, next| product(&acc, &next)));
        }
        if let Some(row) = knowledge.formats.iter().find(|row| fits(&row.call, &row.language)) {
            return self.formatted(call, row.style, bound);
        }
        if knowledge.accumulators.iter().any(|row| fits(&row.call, &row.language)) {
            let start = self.argument(call, 0).map(|it| self.texts_at(it, bound.deeper()));
            return Some(start.unwrap_or_else(|| vec![known(String::new(), None)]));
        }
        if knowledge.identities.iter().any(|row| fits(&row.call, &row.language)) {
            return self.argument(call, 0).map(|it| self.texts_at(it, bound.deeper()));
        }
        if let Some(found) = self.setting_by_get(call, &paths, bound) {
            return Some(found);
        }
        let row = knowledge.lookups.iter().find(|row| fits(&row.call, &row.language))?;
        let found = self.lookup_by_path(call, row);
        let setting = self.setting_key(call, row);
        let settings = setting.iter().flat_map(|(key, _)| self.settings(call.file, key));
        let configured: Vec<TextValue> = settings.flat_map(|it| self.texts_at(it, bound.deeper())).collect();
        let mut res = match found {
            Some(origins) => self.texts_of_origins(&origins, bound),
            None if !configured.is_empty() => configured,
            None => vec![TextValue { parts: vec![TextPart::Hole(call)] }],
        };
        res.extend(setting.and_then(|it| it.1).map(|it| known(it, Some(self.location(call)))));
        let default = row.default.as_ref().and_then(|slot| self.slot(call, slot));
        res.extend(default.into_iter().flat_map(|it| self.texts_at(it, bound.deeper())));
        Some(res)
    }

    /// What a format makes of its arguments.
    fn formatted(&self, call: Expr, style: FormatStyle, bound: Bound<'_>) -> Option<Vec<TextValue>> {
        let Value::Call { arguments, .. } = self.value(call) else { return None };
        let mut values = arguments.iter().map(|it| Expr { file: call.file, id: it.value });
        match style {
            FormatStyle::Separated => {
                let separator = values.next()?;
                let mut acc = vec![TextValue::default()];
                for (position, value) in values.enumerate() {
                    if position > 0 {
                        acc = product(&acc, &self.texts_at(separator, bound.deeper()));
                    }
                    acc = product(&acc, &self.texts_at(value, bound.deeper()));
                }
                Some(acc)
            }
            FormatStyle::Join => {
                let parts = values.map(|it| self.texts_at(it, bound.deeper()));
                Some(parts.fold(vec![TextValue::default()], |acc, next| product(&acc, &next)))
            }
            FormatStyle::Percent => {
                let mut template = values.next()?;
                // A locale may come first.
                if !self.texts(template).iter().any(|it| it.flat().contains('%')) {
                    template = values.next()?;
                }
                Some(self.filled(template, &values.collect::<Vec<_>>(), bound, split_percent))
            }
            FormatStyle::Braces => {
                let template = values.next()?;
                Some(self.filled(template, &values.collect::<Vec<_>>(), bound, split_braces))
            }
        }
    }

    /// `json.load(f).get("key")`: the value of a configuration file, asked for by a method.
    fn setting_by_get(&self, call: Expr, paths: &[String], bound: Bound<'_>) -> Option<Vec<TextValue>> {
        let key = self.argument(call, 0).and_then(|it| self.known_text(it))?;
        let bases = paths.iter().filter_map(|it| it.strip_suffix("get"));
        let found: Vec<Expr> = bases.flat_map(|it| self.settings_at(call.file, &format!("{it}{key}"))).collect();
        let mut res: Vec<TextValue> = found.into_iter().flat_map(|it| self.texts_at(it, bound.deeper())).collect();
        if res.is_empty() {
            return None;
        }
        res.extend(self.argument(call, 1).into_iter().flat_map(|it| self.texts_at(it, bound.deeper())));
        Some(res)
    }

    fn texts_of_origins(&self, origins: &[Origin], bound: Bound<'_>) -> Vec<TextValue> {
        let values = origins.iter().filter_map(|it| match it {
            Origin::Value(value) => Some(*value),
            _ => None,
        });
        values.flat_map(|it| self.texts_at(it, bound.deeper())).collect()
    }

    /// What `get(object, 'a.b')` finds, where the object is a record of the project.
    fn lookup_by_path(&self, call: Expr, row: &Lookup) -> Option<Vec<Origin>> {
        let object = self.slot(call, row.object.as_ref()?)?;
        let path = self.known_text(self.slot(call, row.path.as_ref()?)?)?;
        let mut origins = self.resolve(object);
        for key in path.split('.') {
            origins = origins
                .iter()
                .filter_map(|it| match it {
                    Origin::Value(value) => Some(self.resolve_member(*value, key)),
                    _ => None,
                })
                .flatten()
                .collect();
        }
        (!origins.is_empty()).then_some(origins)
    }

    /// `separator.join(list)` or `list.join(separator)`.
    fn joined(&self, call: Expr, object: Expr, bound: Bound<'_>) -> Option<Vec<TextValue>> {
        let argument = self.argument(call, 0)?;
        let list = |expr: Expr| {
            self.resolve(expr).into_iter().find_map(|origin| match origin {
                Origin::Value(value) => match self.value(value) {
                    Value::List(items) => {
                        Some(items.iter().map(|id| Expr { file: value.file, id: *id }).collect::<Vec<_>>())
                    }
                    _ => None,
                },
                _ => None,
            })
        };
        let (items, separator): (Vec<Expr>, String) = match (list(argument), list(object)) {
            (Some(items), _) => (items, self.known_text(object)?),
            (None, Some(items)) => (items, self.known_text(argument)?),
            (None, None) => return None,
        };
        let mut acc = vec![TextValue::default()];
        for (place, item) in items.into_iter().enumerate() {
            if place > 0 {
                acc = product(&acc, &[known(separator.clone(), None)]);
            }
            acc = product(&acc, &self.texts_at(item, bound.deeper()));
        }
        Some(acc)
    }

    /// A text with `${key}` in it, as annotations have it, with what the configuration says.
    pub(super) fn placeholders(&self, expr: Expr, text: &str, bound: Bound<'_>) -> Vec<TextValue> {
        let at = Some(self.location(expr));
        let mut acc = vec![TextValue::default()];
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((key, tail)) = after.split_once('}') else { break };
            let (key, default) = key.split_once(':').map_or((key, None), |(key, default)| (key, Some(default)));
            acc = product(&acc, &[known(before.to_owned(), at)]);
            let settings = self.settings(expr.file, key).into_iter();
            let mut found: Vec<TextValue> = settings.flat_map(|it| self.texts_at(it, bound.deeper())).collect();
            found.extend(default.map(|it| known(it.to_owned(), at)));
            if found.is_empty() {
                found.push(known(format!("${{{key}}}"), at));
            }
            acc = product(&acc, &found);
            rest = tail;
        }
        product(&acc, &[known(rest.to_owned(), at)])
    }

    /// The text that a name holds after all calls that added to it, where it is an object that gathers text.
    pub(super) fn accumulated(&self, name: Expr, made: Expr, bound: Bound<'_>) -> Option<Vec<TextValue>> {
        let added = self.added_texts(name, made)?;
        let mut acc = self.texts_at(made, bound.deeper());
        for argument in added {
            let next = argument.map(|it| self.texts_at(it, bound.deeper()));
            acc = product(&acc, &next.unwrap_or_else(|| vec![known(HOLE.to_string(), None)]));
        }
        Some(acc)
    }

    /// What calls on a name add to the text that its object gathers, in order, where it is such an object.
    pub(super) fn added_texts(&self, name: Expr, made: Expr) -> Option<Vec<Option<Expr>>> {
        let binding = self.binding(name)?;
        let language = self.facts(made.file).language.id;
        let mut rows = self.knowledge().accumulators.iter().filter(|row| row.language == language).peekable();
        rows.peek()?;
        let paths = self.callee_paths(self.innermost(made));
        let row = rows.find(|row| paths.iter().any(|path| path_matches(&row.call, path)))?;
        let reads = &self.facts(name.file).bindings[binding].reads;
        let links = reads.iter().flat_map(|id| super::slots::chain_of(self, Expr { file: name.file, id: *id }));
        Some(links.filter(|it| it.0 == row.method).map(|(_, link)| self.argument(link, 0)).collect())
    }

    /// Whether a call makes an object that gathers text.
    pub(super) fn is_accumulator(&self, call: Expr) -> bool {
        let language = self.facts(call.file).language.id;
        let mut rows = self.knowledge().accumulators.iter().filter(|row| row.language == language).peekable();
        rows.peek().is_some() && {
            let paths = self.callee_paths(call);
            rows.any(|row| paths.iter().any(|path| path_matches(&row.call, path)))
        }
    }

    /// The first call of a chain of calls.
    fn innermost(&self, call: Expr) -> Expr {
        self.links(call).last().and_then(|(_, link)| self.receiver(*link)).unwrap_or(call)
    }
}

/// Splits at `%s`, `%1$s` and their like.
pub(super) fn split_percent(text: &str) -> Vec<String> {
    let mut res = vec![String::new()];
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        let end = after.find(|it: char| it.is_ascii_alphabetic() || it == '%');
        let Some(end) = end else { break };
        let conversion = after.get(..=end).unwrap_or_default();
        // What looks like a percent-encoded character is text.
        let is_gap = conversion.ends_with(['s', 'd', 'S']) && !conversion.starts_with('%');
        if let Some(last) = res.last_mut() {
            last.push_str(before);
            if !is_gap {
                last.push('%');
                last.push_str(conversion.trim_start_matches('%'));
            }
        }
        if is_gap {
            res.push(String::new());
        }
        rest = after.get(end + 1..).unwrap_or_default();
    }
    if let Some(last) = res.last_mut() {
        last.push_str(rest);
    }
    res
}

/// Splits at `{}`, `{0}`, `{name}` as `str.format` does.
pub(super) fn split_braces(text: &str) -> Vec<String> {
    let mut res = Vec::new();
    let mut current = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, tail)) = after.split_once('}') else { break };
        current.push_str(before);
        res.push(std::mem::take(&mut current));
        rest = tail;
    }
    current.push_str(rest);
    res.push(current);
    res
}
