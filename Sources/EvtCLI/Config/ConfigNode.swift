// What a configuration file says, and where it says so.

/// A place in a file: line and column from 1, in characters.
struct ConfigPlace: Hashable {
  var line: Int
  var column: Int
  /// How many characters are meant, at least 1.
  var length = 1
}

/// A value of a configuration file.
struct ConfigNode {
  indirect enum Value {
    /// `isPlain` when it stands without quotes, so that it may be a number or a truth value.
    case text(String, isPlain: Bool)
    case list([ConfigNode])
    /// In the order of the file; no key stands twice.
    case map([(key: String, keyPlace: ConfigPlace, value: ConfigNode)])
  }

  var value: Value
  var place: ConfigPlace
  /// The number of values in it, itself included.
  var size = 1

  /// What it is, for messages.
  var kind: String {
    switch value {
    case .text(let text, _) where isEmpty: text.isEmpty ? "nothing" : "nothing (\(text))"
    case .text(let text, _): "\"\(text)\""
    case .list: "a list"
    case .map: "a mapping"
    }
  }

  /// Whether it is YAML's null.
  var isEmpty: Bool {
    guard case .text(let text, isPlain: true) = value else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }
}
