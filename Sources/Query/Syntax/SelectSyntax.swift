// What a query says, before anything is known of the store.

/// One SELECT, or several whose rows follow each other.
struct QuerySyntax: Hashable, Sendable {
  /// `WITH name AS (SELECT …)`, in their order: each may read those before it.
  var tables: [CommonTable] = []
  /// `WITH expression AS name`.
  var aliases: [SelectItem] = []
  /// At least one; more are joined by UNION ALL, or by UNION DISTINCT.
  var selects: [SelectSyntax]
  /// Whether equal rows of all SELECTs are one.
  var isDistinctUnion = false
  var span: SourceSpan
}

/// `name AS (SELECT …)` behind WITH.
struct CommonTable: Hashable, Sendable {
  var name: String
  var query: QuerySyntax
}

/// A SELECT as typed.
struct SelectSyntax: Hashable, Sendable {
  var isDistinct = false
  var items: [SelectItem] = []
  var from: SelectSource
  /// One within the other, the first outermost.
  var arrayJoins: [ArrayJoinSyntax] = []
  var condition: SyntaxNode?
  var groupBy: [SyntaxNode] = []
  /// By which of them groups are made besides; nil for all of them alone.
  var grouping: GroupingSyntax?
  /// Whether a row for all groups follows.
  var hasTotals = false
  var having: SyntaxNode?
  /// Named windows.
  var windows: [String: WindowSyntax] = [:]
  var orderBy: [OrderItem] = []
  /// How many rows to keep of each group of equal values.
  var limitBy: LimitBy?
  /// How many rows to keep; nil for all.
  var limit: Int?
  /// How many rows to leave out before them.
  var offset = 0
  var span: SourceSpan
}

/// Which groups are made of keys.
enum GroupingSyntax: Hashable, Sendable {
  /// By all, by all but the last, and so on.
  case rollup
  /// By each choice of them.
  case cube
  /// By those at these places.
  case sets([[Int]])
}

/// `[LEFT] ARRAY JOIN a AS x, b`.
struct ArrayJoinSyntax: Hashable, Sendable {
  /// Whether rows with empty arrays stay.
  var keepsEmpty: Bool
  var items: [SelectItem]
}

/// `LIMIT n OFFSET m BY a, b`.
struct LimitBy: Hashable, Sendable {
  var limit: Int
  var offset: Int
  var keys: [SyntaxNode]
}

/// One column of the answer, or `*` for all.
struct SelectItem: Hashable, Sendable {
  /// Nil for `*`.
  var node: SyntaxNode?
  var alias: String?
  /// The table before `.*`.
  var table: String?
  /// Names that `*` leaves out.
  var excepted: [String] = []
  var span: SourceSpan
}

/// What rows are selected from.
indirect enum SelectSource: Hashable, Sendable {
  /// One row without columns: a SELECT without FROM.
  case one
  /// The events, under another name perhaps.
  case events(alias: String?)
  /// The answer of another query.
  case query(QuerySyntax, alias: String?)
  /// A table of WITH.
  case named(String, alias: String?, span: SourceSpan)
  case join(SelectSource, SelectSource, JoinSyntax)

  /// The joins in it, from left to right.
  var joins: [JoinSyntax] {
    guard case .join(let left, let right, let join) = self else { return [] }
    return left.joins + right.joins + [join]
  }

  /// The name by which its columns may be prefixed.
  var alias: String? {
    switch self {
    case .one, .join: nil
    case .events(let alias): alias ?? "events"
    case .query(_, let alias): alias
    case .named(let name, let alias, _): alias ?? name
    }
  }
}

/// How two tables are joined.
struct JoinSyntax: Hashable, Sendable {
  enum Match: Hashable, Sendable {
    case on(SyntaxNode)
    /// Columns of both by these names.
    case using([SyntaxNode])
    /// Every row with every row.
    case cross
  }

  /// Whether rows of the left table stay that match nothing.
  var keepsLeft = false
  var match: Match
  var span: SourceSpan
}

/// What rows are ordered by.
struct OrderItem: Hashable, Sendable {
  var node: SyntaxNode
  var isDescending = false
  /// Whether nulls come first; they come last unless asked for.
  var nullsFirst = false
  /// Whether, and how, rows are added for missing values.
  var fill: FillSyntax?
}

/// `WITH FILL FROM a TO b STEP c`.
struct FillSyntax: Hashable, Sendable {
  var from: SyntaxNode?
  var to: SyntaxNode?
  var step: SyntaxNode?
  var span: SourceSpan

  /// What is computed for it.
  var nodes: [SyntaxNode] { [from, to, step].compactMap { $0 } }
}
