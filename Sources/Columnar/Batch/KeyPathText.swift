// The one text form of a path of JSON keys.

/// Joins and splits key paths: `properties.price`, and `a.`` `odd.key` `` for a key with a dot.
///
/// Components are joined by dots; one that is empty or holds a dot, a backtick or an ASCII control
/// character stands in backticks, its own backticks doubled. Distinct paths have distinct texts.
public enum KeyPathText {
  /// The text of `components`.
  public static func join(_ components: [String]) -> String {
    components.map(quoted).joined(separator: ".")
  }

  /// `component` as it stands in a path.
  public static func quoted(_ component: String) -> String {
    let isPlain = component.utf8.allSatisfy { byte in
      byte > 0x1F && byte != 0x7F && byte != UInt8(ascii: ".") && byte != UInt8(ascii: "`")
    }
    if isPlain, !component.isEmpty { return component }
    var text = "`"
    for scalar in component.unicodeScalars {
      if scalar == "`" { text += "`" }
      text.unicodeScalars.append(scalar)
    }
    return text + "`"
  }

  /// The components of `path`, or nil when a backtick is left open or stands inside a component, or
  /// a component without backticks is empty.
  public static func split(_ path: String) -> [String]? {
    var components: [String] = []
    var rest = path.unicodeScalars[...]
    while true {
      guard let component = takeComponent(&rest) else { return nil }
      components.append(component)
      guard let next = rest.popFirst() else { return components }
      guard next == "." else { return nil }
    }
  }

  private static func takeComponent(_ rest: inout Substring.UnicodeScalarView) -> String? {
    var component = String.UnicodeScalarView()
    guard rest.first == "`" else {
      while let scalar = rest.first, scalar != "." {
        if scalar == "`" { return nil }
        component.append(scalar)
        rest.removeFirst()
      }
      return component.isEmpty ? nil : String(component)
    }
    rest.removeFirst()
    while let scalar = rest.popFirst() {
      if scalar == "`" {
        guard rest.first == "`" else { return String(component) }
        rest.removeFirst()
      }
      component.append(scalar)
    }
    return nil
  }
}
