// A SELECT as text, a clause a line.

/// The clauses of a SELECT over the table `events`.
public struct SQLStatement: Sendable {
  public var columns: [String] = []
  public var from = "events"
  public var conditions: [String] = []
  /// How many of the first columns make the groups.
  public var keyCount = 0
  /// What must hold of a group.
  public var groupConditions: [String] = []
  public var order: [String] = []
  public var limit: Int?

  /// Creates a statement without columns.
  public init() {}

  /// The text, in lines.
  public var text: String {
    var lines = ["SELECT " + columns.joined(separator: ",\n  "), "FROM \(from)"]
    if !conditions.isEmpty { lines.append("WHERE " + conditions.joined(separator: "\n  AND ")) }
    if keyCount > 0 {
      lines.append("GROUP BY " + (1...keyCount).map(String.init).joined(separator: ", "))
    }
    if !groupConditions.isEmpty {
      lines.append("HAVING " + groupConditions.joined(separator: "\n  AND "))
    }
    if !order.isEmpty { lines.append("ORDER BY " + order.joined(separator: ", ")) }
    if let limit { lines.append("LIMIT \(limit)") }
    return lines.joined(separator: "\n")
  }
}
