// Operators that are written as calls, such as equals(a, b).

/// What a call stands for that only names an operator.
enum OperatorCall {
  /// The operator with its operands; nil for what is no operator.
  static func kind(_ name: String, _ arguments: [SyntaxNode]) -> SyntaxNode.Kind? {
    switch arguments.count {
    case 1:
      let operand = arguments[0]
      switch name {
      case "not": return .not(operand)
      case "negate": return .negate(operand)
      case "isNull", "isnull": return .isNull(operand, isNegated: false)
      case "isNotNull": return .isNull(operand, isNegated: true)
      default: return nil
      }
    case 2:
      return kind(name, arguments[0], arguments[1])
    default:
      return name == "and" ? .and(arguments) : name == "or" ? .or(arguments) : nil
    }
  }

  private static func kind(
    _ name: String, _ left: SyntaxNode, _ right: SyntaxNode
  ) -> SyntaxNode.Kind? {
    switch name {
    case "and": .and([left, right])
    case "or": .or([left, right])
    case "equals": .compare(.equal, left, right)
    case "notEquals": .compare(.notEqual, left, right)
    case "less": .compare(.less, left, right)
    case "lessOrEquals": .compare(.lessOrEqual, left, right)
    case "greater": .compare(.greater, left, right)
    case "greaterOrEquals": .compare(.greaterOrEqual, left, right)
    case "plus": .arithmetic(.add, left, right)
    case "minus": .arithmetic(.subtract, left, right)
    case "multiply": .arithmetic(.multiply, left, right)
    case "divide": .arithmetic(.divide, left, right)
    case "modulo", "mod": .arithmetic(.modulo, left, right)
    case "like": .like(left, right, foldsCase: false, isNegated: false)
    case "notLike": .like(left, right, foldsCase: false, isNegated: true)
    case "ilike": .like(left, right, foldsCase: true, isNegated: false)
    case "notILike": .like(left, right, foldsCase: true, isNegated: true)
    case "in", "notIn":
      if case .tuple(let items) = right.kind {
        .membership(left, items, isNegated: name == "notIn")
      } else {
        .membership(left, [right], isNegated: name == "notIn")
      }
    default: nil
    }
  }
}
