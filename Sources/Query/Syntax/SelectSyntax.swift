// What a SELECT says, before anything is known of the store.

/// A SELECT as typed.
struct SelectSyntax: Hashable, Sendable {
  var isDistinct = false
  var items: [SelectItem] = []
  var from: SelectSource
  var condition: SyntaxNode?
  var groupBy: [SyntaxNode] = []
  var having: SyntaxNode?
  var orderBy: [OrderItem] = []
  /// How many rows to keep; nil for all.
  var limit: Int?
  /// How many rows to leave out before them.
  var offset = 0
  var span: SourceSpan
}

/// One column of the answer, or `*` for all.
struct SelectItem: Hashable, Sendable {
  /// Nil for `*`.
  var node: SyntaxNode?
  var alias: String?
  var span: SourceSpan
}

/// What rows are selected from.
indirect enum SelectSource: Hashable, Sendable {
  /// The events, under another name perhaps.
  case events(alias: String?)
  /// The answer of another SELECT.
  case select(SelectSyntax, alias: String?)

  /// The name by which its columns may be prefixed.
  var alias: String? {
    switch self {
    case .events(let alias): alias ?? "events"
    case .select(_, let alias): alias
    }
  }
}

/// What rows are ordered by.
struct OrderItem: Hashable, Sendable {
  var node: SyntaxNode
  var isDescending = false
  /// Whether nulls come first; they come last unless asked for.
  var nullsFirst = false
}
