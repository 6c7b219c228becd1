// Binds CAST: the types that have a meaning here.

import EvtCore

extension ExpressionBinding {
  /// `CAST(x AS Type)` and `x::Type`.
  mutating func cast(
    _ operand: SyntaxNode, _ syntax: TypeSyntax, _ node: SyntaxNode
  ) throws(QueryError) -> BoundPart {
    let target = try type(syntax)
    let name = source.slice(syntax.span)
    let definition = FunctionDefinition.cast(to: target, named: name)
    var part = try call(
      definition, [try bind(operand)], [operand], "CAST", node.span, variant: Self.text(syntax))
    if let zone = target.zone { part.zone = zone }
    return part
  }

  /// `accurateCast(x, 'Type')` and `accurateCastOrNull`, which cut nothing; nil for other calls.
  mutating func accurateCast(
    _ call: CallSyntax, _ node: SyntaxNode
  ) throws(QueryError) -> BoundPart? {
    guard ["accurateCast", "accurateCastOrNull"].contains(call.name), call.arguments.count == 2,
      case .text(let bytes) = call.arguments[1].kind
    else { return nil }
    let name = String(decoding: bytes, as: UTF8.self)
    let target = try type(named: name, call.arguments[1].span)
    let definition = FunctionDefinition.cast(
      to: target, named: name, isAccurate: true, orNull: call.name == "accurateCastOrNull")
    return try self.call(
      definition, [try bind(call.arguments[0])], [call.arguments[0]], call.name, node.span,
      variant: call.name + name)
  }

  private static func text(_ type: TypeSyntax) -> String {
    type.arguments.isEmpty
      ? type.name : type.name + "(" + type.arguments.map(text).joined(separator: ",") + ")"
  }

  /// What the type means here.
  func type(_ syntax: TypeSyntax) throws(QueryError) -> TargetType {
    let arguments = syntax.arguments
    func number(_ index: Int, _ range: ClosedRange<Int>) throws(QueryError) -> Int {
      guard arguments.indices.contains(index), let number = Int(arguments[index].name),
        range.contains(number)
      else {
        throw source.problem(
          syntax.span,
          "\(syntax.name) takes a number from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }
    func zone(_ index: Int) throws(QueryError) -> ZoneRules? {
      guard arguments.indices.contains(index) else { return nil }
      let name = arguments[index].name.split(separator: "'").first.map(String.init) ?? ""
      return try self.zone(named: name, syntax.span)
    }
    if let plain = Self.plainTypes[syntax.name.lowercased()], arguments.isEmpty { return plain }
    switch syntax.name.lowercased() {
    case "nullable" where arguments.count == 1: return .nullable(try type(arguments[0]))
    case "lowcardinality" where arguments.count == 1: return try type(arguments[0])
    case "array" where arguments.count == 1: return .array(try type(arguments[0]))
    case "tuple":
      var types: [TargetType] = []
      for argument in arguments { types.append(try type(argument)) }
      return .tuple(types)
    case "fixedstring": return .fixedString(try number(0, 1...1_000_000))
    case "decimal", "numeric", "dec":
      return .decimal(scale: arguments.count > 1 ? try number(1, 0...76) : 0)
    case "decimal32", "decimal64", "decimal128", "decimal256":
      return .decimal(scale: try number(0, 0...76))
    case "datetime": return .dateTime(try zone(0))
    case "datetime64":
      return .dateTime64(digits: arguments.isEmpty ? 3 : try number(0, 0...9), try zone(1))
    case "enum", "enum8", "enum16":
      return .names(
        arguments.map { argument in
          Array((argument.name.split(separator: "'").first ?? "").utf8)
        })
    default:
      throw source.problem(
        syntax.span, "there is no type \(source.slice(syntax.span)) here",
        hint: "Int64, Float64, Decimal(18, 2), String, Bool, Date, DateTime and their like are")
    }
  }

  private static let plainTypes: [String: TargetType] = {
    var types: [String: TargetType] = [
      "float64": .float64, "double": .float64, "float32": .float32, "float": .float32,
      "real": .float32, "string": .string, "text": .string, "varchar": .string, "char": .string,
      "bool": .bool, "boolean": .bool, "date": .date, "date32": .date, "uuid": .string,
      "timestamp": .dateTime(nil), "int": .int(bits: 32, isSigned: true),
      "integer": .int(bits: 32, isSigned: true), "bigint": .int(bits: 64, isSigned: true),
      "smallint": .int(bits: 16, isSigned: true), "tinyint": .int(bits: 8, isSigned: true),
      "int128": .wideInt, "int256": .wideInt, "uint128": .wideInt, "uint256": .wideInt,
    ]
    for bits in [8, 16, 32, 64] {
      types["int\(bits)"] = .int(bits: bits, isSigned: true)
      types["uint\(bits)"] = .int(bits: bits, isSigned: false)
    }
    return types
  }()
}
