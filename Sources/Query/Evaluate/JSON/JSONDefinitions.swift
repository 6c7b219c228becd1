// The functions of JSON texts and of stored arrays and objects.

import EvtCore

extension FunctionDefinition {
  /// Those that give one value of the value to which keys lead.
  static let extractions: [FunctionDefinition] = [
    extraction("JSONExtractString", gives: .text) { JSONFunctions.text($0) },
    extraction("JSONExtractInt", gives: .number) { JSONFunctions.integer($0) },
    extraction("JSONExtractUInt", gives: .number) { value in
      let number = JSONFunctions.integer(value)
      return (number.integer ?? 0) < 0 ? .int(0) : number
    },
    extraction("JSONExtractFloat", gives: .number) { JSONFunctions.double($0) },
    extraction("JSONExtractBool", gives: .bool) { JSONFunctions.truth($0) },
    extraction("JSONExtractRaw", gives: .text) { JSONFunctions.raw($0) },
    extraction("JSONExtractArrayRaw", gives: .array) { JSONFunctions.rawItems($0) }
      .givingItems { _ in .text },
    extraction("JSONExtractKeys", gives: .array) { JSONFunctions.keys($0) }
      .givingItems { _ in .text },
    extraction("JSONHas", gives: .bool) { .bool(!$0.isNull) },
    extraction("JSONLength", gives: .number) { JSONFunctions.length($0) },
    extraction("JSONType", gives: .text) { JSONFunctions.type($0) },
    extraction("simpleJSONExtractString", "visitParamExtractString", gives: .text) { value in
      if case .text = value { value } else { .text([]) }
    },
    extraction("simpleJSONExtractInt", "visitParamExtractInt", gives: .number) {
      JSONFunctions.integer($0)
    },
    extraction("simpleJSONExtractUInt", "visitParamExtractUInt", gives: .number) {
      JSONFunctions.integer($0)
    },
    extraction("simpleJSONExtractFloat", "visitParamExtractFloat", gives: .number) {
      JSONFunctions.double($0)
    },
    extraction("simpleJSONExtractBool", "visitParamExtractBool", gives: .bool) {
      JSONFunctions.truth($0)
    },
    extraction("simpleJSONExtractRaw", "visitParamExtractRaw", gives: .text) {
      JSONFunctions.raw($0)
    },
    extraction("simpleJSONHas", "visitParamHas", gives: .bool) { .bool(!$0.isNull) },
  ]

  static let json: [FunctionDefinition] =
    extractions + [
      FunctionDefinition(
        "isValidJSON", takes: [.any], gives: .bool, nulls: .never
      ) { .bool($0[0].textBytes.map { JSONValue(parsing: $0) != nil } ?? ($0[0].family == .json)) },
      onPath("JSON_VALUE", gives: .text) { value in
        switch value {
        case .null, .json, .array: .text([])
        default: .text(ValueText.shown(value))
        }
      },
      onPath("JSON_QUERY", gives: .text) { value in
        value.isNull ? .text([]) : .text(Array("[".utf8) + ValueText.json(value) + Array("]".utf8))
      },
      onPath("JSON_EXISTS", gives: .bool) { .bool(!$0.isNull) },
    ]

  private static func extraction(
    _ name: String, _ synonym: String? = nil, gives families: ValueFamilies,
    _ body: @escaping @Sendable (Value) -> Value
  ) -> FunctionDefinition {
    var function = FunctionDefinition(
      name, takes: [.any], arity: 1...999, gives: families, nulls: .never
    ) { context in
      let isColumn = context.readsColumn
      return { body(JSONFunctions.value($0, isColumn: isColumn)) }
    }
    if let synonym { function.synonyms = [synonym] }
    return function
  }

  private static func onPath(
    _ name: String, gives families: ValueFamilies, _ body: @escaping @Sendable (Value) -> Value
  ) -> FunctionDefinition {
    FunctionDefinition(
      name, takes: [[.text, .json], .text], arity: 2...2, gives: families
    ) { context throws(CallProblem) in
      guard let path = context.constant(1)?.textBytes, let steps = JSONFunctions.steps(path) else {
        throw CallProblem(
          argument: 1, message: "the path is a text such as '$.a.b[0]'", hint: nil)
      }
      return { body(JSONFunctions.value([$0[0]] + steps, isColumn: false)) }
    }
  }
}
