// Answers: named columns of plain values.

/// One value of an answer.
public enum ResultValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  /// A number that only its text shows exactly.
  case decimal(String)
  case text(String)
  /// An array or object as JSON text.
  case json(String)
  /// Nanoseconds since 1970.
  case time(Int64)
}

/// An answer: rows of values under named columns.
public struct ResultTable: Hashable, Sendable {
  public var columns: [String]
  public var rows: [[ResultValue]]
  /// The figures of all rows together, where they were asked for; keys are null.
  public var totals: [ResultValue]?
  /// What the reader should know besides: names that are missing and were taken for nothing.
  public var warnings: [String]
  /// Whether each row is one JSON object, a whole event, under one column.
  public var holdsEvents: Bool

  /// Creates a table.
  public init(
    columns: [String], rows: [[ResultValue]], totals: [ResultValue]? = nil,
    warnings: [String] = [], holdsEvents: Bool = false
  ) {
    self.columns = columns
    self.rows = rows
    self.totals = totals
    self.warnings = warnings
    self.holdsEvents = holdsEvents
  }
}
