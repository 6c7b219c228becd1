// Which fields a question can be about, told from its text before any name means anything.

/// The fields whose names occur in texts: more than are meant perhaps, never fewer.
///
/// Whatever name stands for a field ends in the last component of its path, see
/// `FieldCatalog.resolve`. So a field whose last component occurs nowhere in a text is not meant
/// there, unless the name is written in escapes, or all fields are meant without a name.
public struct NamedFields: Sendable {
  private let text: String.UTF8View
  private let hasAll: Bool

  /// Looks for names in SQL, expressions and names of fields.
  public init(in texts: [String]) {
    let text = texts.joined(separator: "\n")
    self.text = text.utf8
    hasAll =
      text.contains("\\") || text.replacing("(*)", with: "").contains("*")
      || text.lowercased().contains("columns")
  }

  /// Whether the texts may name the property of `path`.
  public func mayName(_ path: String) -> Bool {
    if hasAll { return true }
    let name = FieldPath.components(of: path).last ?? path
    let isOdd = name.isEmpty || FieldPath.text(of: [name]) != name
    return isOdd || !text.ranges(of: name.utf8).isEmpty
  }
}
