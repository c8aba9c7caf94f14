//! Addresses of arguments and shapes of reply expressions, in the notation of the data files.

use serde::Deserialize;

/// Which argument a slot starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotBase {
    /// The nth positional argument of the call.
    Position(usize),
    /// A keyword argument.
    Keyword(String),
    /// The nth argument of a method called on the same request.
    Method(String, usize),
    /// The object that the call is a method of.
    Receiver,
    /// What comes of the call with all methods chained to it.
    Chain,
}

/// One step from an argument to a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotStep {
    /// The value under a key of a record, or the keyword argument of the call that made it.
    Key(String),
    /// The nth argument of the call that made it.
    Position(usize),
    /// The nth argument of a method called on it, before or after it is passed.
    Method(String, usize),
}

/// The address of an argument, or of a part of one: `0`, `data`, `0.url`, `send(0)`, `0.0`, `0.setEntity(0)`, `this`,
/// `chain`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Slot {
    /// The argument.
    pub base: SlotBase,
    /// The steps to follow inside of it.
    pub steps: Vec<SlotStep>,
}

impl TryFrom<String> for Slot {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut parts = text.split('.');
        let head = parts.next().unwrap_or_default();
        let base = if let Some((method, position)) = head.strip_suffix(')').and_then(|it| it.split_once('(')) {
            let position = position.parse().map_err(|_| format!("slot `{text}` has no position in its brackets"))?;
            SlotBase::Method(method.to_owned(), position)
        } else if let Ok(position) = head.parse() {
            SlotBase::Position(position)
        } else if head == "this" {
            SlotBase::Receiver
        } else if head == "chain" {
            SlotBase::Chain
        } else if head.is_empty() {
            return Err(format!("slot `{text}` names no argument"));
        } else {
            SlotBase::Keyword(head.to_owned())
        };
        let steps = parts.map(|part| step(part).ok_or_else(|| format!("slot `{text}` has a step that is none")));
        Ok(Self { base, steps: steps.collect::<Result<_, _>>()? })
    }
}

impl Slot {
    /// The names in it: of its keyword, its keys and its methods.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let base = match &self.base {
            SlotBase::Keyword(name) | SlotBase::Method(name, _) => Some(name.as_str()),
            SlotBase::Position(_) | SlotBase::Receiver | SlotBase::Chain => None,
        };
        let steps = self.steps.iter().filter_map(|it| match it {
            SlotStep::Key(name) | SlotStep::Method(name, _) => Some(name.as_str()),
            SlotStep::Position(_) => None,
        });
        base.into_iter().chain(steps).collect()
    }

    /// The key of a slot such as `0.url`, where that is all there is to it.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        match self.steps.as_slice() {
            [SlotStep::Key(key)] => Some(key),
            _ => None,
        }
    }
}

fn step(part: &str) -> Option<SlotStep> {
    if let Some((method, position)) = part.strip_suffix(')').and_then(|it| it.split_once('(')) {
        return Some(SlotStep::Method(method.to_owned(), position.parse().ok()?));
    }
    Some(match part.parse() {
        Ok(position) => SlotStep::Position(position),
        Err(_) => SlotStep::Key(part.to_owned()),
    })
}

/// One step from a value to something made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accessor {
    /// `.name`
    Member(String),
    /// `()`, whatever the arguments.
    Call,
    /// Passed as first argument to the API of this path.
    PassedTo(String),
}

/// How the parsed body of a reply is reached from the result of a request: `_.data`, `json.loads(_.text)`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ReplyPattern {
    /// The steps, innermost first.
    pub steps: Vec<Accessor>,
}

impl TryFrom<String> for ReplyPattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (before, after) = text.split_once('_').ok_or_else(|| format!("reply `{text}` has no `_`"))?;
        let outer: Vec<&str> = before.split('(').filter(|it| !it.is_empty()).collect();
        let inner = after.trim_end_matches(')');
        // Brackets that close an outer call stand at the end; those of the last inner call come before them.
        let closing = after.len() - inner.len();
        let mut steps = Vec::new();
        let own_call = closing > outer.len();
        for part in inner.split('.').filter(|it| !it.is_empty()) {
            let (name, called) = match part.strip_suffix("()").or_else(|| part.strip_suffix('(')) {
                Some(name) => (name, true),
                None => (part, false),
            };
            steps.push(Accessor::Member(name.to_owned()));
            if called {
                steps.push(Accessor::Call);
            }
        }
        if own_call && steps.last() != Some(&Accessor::Call) {
            return Err(format!("reply `{text}` has brackets that do not match"));
        }
        steps.extend(outer.iter().rev().map(|path| Accessor::PassedTo((*path).to_owned())));
        Ok(Self { steps })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> Vec<Accessor> {
        ReplyPattern::try_from(text.to_owned()).unwrap().steps
    }

    #[test]
    fn slots_are_read() {
        let slot = Slot::try_from("0.url".to_owned()).unwrap();
        assert_eq!(slot, Slot { base: SlotBase::Position(0), steps: vec![SlotStep::Key("url".to_owned())] });
        let slot = Slot::try_from("0.setEntity(0).1".to_owned()).unwrap();
        assert_eq!(slot.steps, [SlotStep::Method("setEntity".to_owned(), 0), SlotStep::Position(1)]);
        assert_eq!(Slot::try_from("this".to_owned()).unwrap().base, SlotBase::Receiver);
        let slot = Slot::try_from("send(0)".to_owned()).unwrap();
        assert_eq!(slot.base, SlotBase::Method("send".to_owned(), 0));
        assert!(Slot::try_from(String::new()).is_err());
    }

    #[test]
    fn reply_patterns_are_read_inside_out() {
        let member = |name: &str| Accessor::Member(name.to_owned());
        assert_eq!(steps("_"), []);
        assert_eq!(steps("_.data"), [member("data")]);
        assert_eq!(steps("_.json()"), [member("json"), Accessor::Call]);
        assert_eq!(steps("json.loads(_.text)"), [member("text"), Accessor::PassedTo("json.loads".to_owned())]);
        assert_eq!(
            steps("json.loads(_.read().decode())"),
            [
                member("read"),
                Accessor::Call,
                member("decode"),
                Accessor::Call,
                Accessor::PassedTo("json.loads".to_owned())
            ]
        );
    }
}
