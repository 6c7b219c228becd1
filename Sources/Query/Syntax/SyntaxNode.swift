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

  /// The nodes directly below.
  var children: [SyntaxNode] { Self.children(of: kind) }

  private static func children(of kind: Kind) -> [SyntaxNode] {
    switch kind {
    case .null, .bool, .number, .text, .name: []
    case .negate(let operand), .not(let operand), .isNull(let operand, _),
      .interval(let operand, _):
      [operand]
    case .and(let operands), .or(let operands): operands
    case .call(let call): (call.parameters ?? []) + call.arguments
    case .compare(_, let left, let right), .arithmetic(_, let left, let right),
      .concatenate(let left, let right), .like(let left, let right, _, _):
      [left, right]
    case .membership(let operand, let items, _): [operand] + items
    case .between(let operand, let low, let high, _): [operand, low, high]
    }
  }
}
