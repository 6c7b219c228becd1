// What an expression says, before anything is known of the store.

/// `=` and its relatives.
enum ComparisonOperator: String, Hashable, Sendable, CaseIterable {
  case equal = "="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="

  /// The operator with its sides swapped.
  var mirrored: ComparisonOperator {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}

/// `+` and its relatives.
enum ArithmeticOperator: String, Hashable, Sendable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case modulo = "%"
}

/// The units of `INTERVAL`.
enum IntervalUnit: String, Hashable, Sendable, CaseIterable {
  case second = "SECOND"
  case minute = "MINUTE"
  case hour = "HOUR"
  case day = "DAY"
  case week = "WEEK"
  case month = "MONTH"
  case quarter = "QUARTER"
  case year = "YEAR"

  /// The unit of a word such as `DAY` or `days`.
  init?(word: String) {
    let upper = word.uppercased()
    let singular = upper.hasSuffix("S") ? String(upper.dropLast()) : upper
    self.init(rawValue: singular)
  }
}

/// A call of a function, as typed.
struct CallSyntax: Hashable, Sendable {
  var name: String
  var nameSpan: SourceSpan
  /// What stands in the first of two pairs of parentheses, as in `quantileExact(0.9)(price)`.
  var parameters: [SyntaxNode]?
  var arguments: [SyntaxNode] = []
  /// Whether DISTINCT stands before the arguments.
  var isDistinct = false
  /// Where it ends.
  var end: SourceSpan
}

/// A type as typed, such as `Nullable(Float64)` or `DateTime64(3, 'UTC')`.
struct TypeSyntax: Hashable, Sendable {
  var name: String
  /// What stands in parentheses: types, or numbers and texts as written.
  var arguments: [TypeSyntax] = []
  var span: SourceSpan
}

/// What stands behind OVER.
struct WindowSyntax: Hashable, Sendable {
  /// The window of the WINDOW clause that it continues.
  var name: String?
  var partition: [SyntaxNode] = []
  var order: [OrderItem] = []
  var frame: FrameSyntax?
  var span: SourceSpan
}

/// The rows around a row that a window function sees.
struct FrameSyntax: Hashable, Sendable {
  enum Bound: Hashable, Sendable {
    case unboundedPreceding, currentRow, unboundedFollowing
    case preceding(Int)
    case following(Int)
  }

  /// Whether bounds count rows; else all rows of equal order belong together, and numbers are
  /// distances of what is ordered by.
  var countsRows: Bool
  var start: Bound
  var end: Bound

  /// Whether it reaches so far from what a row is ordered by.
  var hasDistance: Bool {
    !countsRows
      && [start, end].contains {
        switch $0 {
        case .preceding, .following: true
        case .unboundedPreceding, .currentRow, .unboundedFollowing: false
        }
      }
  }
}

/// A node of the syntax tree and the text it was read from.
struct SyntaxNode: Hashable, Sendable {
  indirect enum Kind: Hashable, Sendable {
    case null
    case bool(Bool)
    /// As written, with its sign.
    case number(String)
    case text([UInt8])
    case name([NamePart])
    case negate(SyntaxNode)
    case not(SyntaxNode)
    case and([SyntaxNode])
    case or([SyntaxNode])
    case compare(ComparisonOperator, SyntaxNode, SyntaxNode)
    case arithmetic(ArithmeticOperator, SyntaxNode, SyntaxNode)
    case concatenate(SyntaxNode, SyntaxNode)
    case membership(SyntaxNode, [SyntaxNode], isNegated: Bool)
    case between(SyntaxNode, SyntaxNode, SyntaxNode, isNegated: Bool)
    case like(SyntaxNode, SyntaxNode, foldsCase: Bool, isNegated: Bool)
    case isNull(SyntaxNode, isNegated: Bool)
    case call(CallSyntax)
    case interval(SyntaxNode, IntervalUnit)
    case array([SyntaxNode])
    case tuple([SyntaxNode])
    /// `(x, y) -> x + y`, an argument of functions of arrays.
    case lambda([String], SyntaxNode)
    case cast(SyntaxNode, TypeSyntax)
    /// The one value that a SELECT in parentheses gives.
    case query(QuerySyntax)
    /// Whether a SELECT gives any row.
    case exists(QuerySyntax)
    case queryMembership(SyntaxNode, QuerySyntax, isNegated: Bool)
    /// `a IN name`, which is a table or stands for a list.
    case namedMembership(SyntaxNode, SyntaxNode, isNegated: Bool)
    case window(CallSyntax, WindowSyntax)
  }

  var kind: Kind
  var span: SourceSpan
  /// Nodes on the longest way down, itself included. Bounded, so that walks may recurse.
  let height: Int

  init(_ kind: Kind, span: SourceSpan) {
    self.kind = kind
    self.span = span
    height = 1 + (Self.children(of: kind).map(\.height).max() ?? 0)
  }

  /// What is written out, a constant under a cast included; else the node itself.
  var literal: Kind {
    if case .cast(let operand, _) = kind, case .text(let bytes) = operand.kind {
      return .number(String(decoding: bytes, as: UTF8.self))
    }
    return kind
  }

  /// The nodes directly below.
  var children: [SyntaxNode] { Self.children(of: kind) }

  private static func children(of kind: Kind) -> [SyntaxNode] {
    switch kind {
    case .null, .bool, .number, .text, .name, .query, .exists: []
    case .negate(let operand), .not(let operand), .isNull(let operand, _),
      .interval(let operand, _), .lambda(_, let operand), .cast(let operand, _),
      .queryMembership(let operand, _, _), .namedMembership(let operand, _, _):
      [operand]
    case .and(let operands), .or(let operands), .array(let operands), .tuple(let operands):
      operands
    case .window(let call, let window):
      (call.parameters ?? []) + call.arguments + window.partition + window.order.map(\.node)
    case .call(let call): (call.parameters ?? []) + call.arguments
    case .compare(_, let left, let right), .arithmetic(_, let left, let right),
      .concatenate(let left, let right), .like(let left, let right, _, _):
      [left, right]
    case .membership(let operand, let items, _): [operand] + items
    case .between(let operand, let low, let high, _): [operand, low, high]
    }
  }
}
