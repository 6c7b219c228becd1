// Functions of arrays that look at what a function gives for each item: the first argument is the
// array of what it gave, or the array itself.

import EvtCore

extension FunctionDefinition {
  static let arrayFolds: [FunctionDefinition] = [
    chosen("arrayMap", gives: .array) { results, _ in .array(results) }
      .givingItems { $0[0].element },
    chosen("arrayFilter", gives: .array) { flags, items in
      .array(zip(flags, items).filter { $0.0.isTrue }.map(\.1))
    }
    .givingItems { $0[$0.count > 1 ? 1 : 0].element },
    chosen("arrayExists", gives: .bool) { flags, _ in .bool(flags.contains { $0.isTrue }) },
    chosen("arrayAll", gives: .bool) { flags, _ in .bool(flags.allSatisfy { $0.isTrue }) },
    chosen("arrayCount", gives: .number) { flags, _ in .int(Int64(flags.count { $0.isTrue })) },
    chosen("arraySum", gives: .number) { values, _ in sum(values) },
    chosen("arrayAvg", gives: .number) { values, _ in
      Arithmetic.apply(.divide, sum(values), .int(Int64(values.count)))
    },
    chosen("arrayProduct", gives: .number) { values, _ in
      Arithmetic.double(values.reduce(.int(1)) { Arithmetic.apply(.multiply, $0, $1) })
        .map { .double($0) } ?? .null
    },
    chosen("arrayMin", gives: .any) { values, _ in extreme(values, .below) }
      .giving { $0[0].element },
    chosen("arrayMax", gives: .any) { values, _ in extreme(values, .above) }
      .giving { $0[0].element },
    chosen("arrayFirst", gives: .any) { flags, items in
      flags.firstIndex { $0.isTrue }.map { items[$0] } ?? zero(like: items.first)
    }
    .giving { $0[$0.count - 1].element },
    chosen("arrayLast", gives: .any) { flags, items in
      flags.lastIndex { $0.isTrue }.map { items[$0] } ?? zero(like: items.first)
    }
    .giving { $0[$0.count - 1].element },
    chosen("arrayFirstIndex", gives: .number) { flags, _ in
      .int(Int64((flags.firstIndex { $0.isTrue } ?? -1) + 1))
    },
    chosen("arrayLastIndex", gives: .number) { flags, _ in
      .int(Int64((flags.lastIndex { $0.isTrue } ?? -1) + 1))
    },
    chosen("arraySort", gives: .array) { keys, items in sorted(items, by: keys, .below) }
      .givingItems { $0[$0.count > 1 ? 1 : 0].element },
    chosen("arrayReverseSort", gives: .array) { keys, items in sorted(items, by: keys, .above) }
      .givingItems { $0[$0.count > 1 ? 1 : 0].element },
    chosen("arrayCumSum", gives: .array) { values, _ in
      var total = Value.int(0)
      return .array(
        values.map { value in
          total = Arithmetic.apply(.add, total, value)
          return total
        })
    }
    .givingItems { _ in .number },
    chosen("arrayDifference", gives: .array) { values, _ in
      .array(
        values.indices.map { place in
          place == 0 ? .int(0) : Arithmetic.apply(.subtract, values[place], values[place - 1])
        })
    }
    .givingItems { _ in .number },
  ]

  private static func chosen(
    _ name: String, gives families: ValueFamilies,
    _ body: @escaping @Sendable (_ results: [Value], _ items: [Value]) -> Value
  ) -> FunctionDefinition {
    FunctionDefinition(
      name, takes: [.list], arity: 1...99, gives: families, nulls: .partial
    ) { arguments in
      guard let results = arguments[0].items,
        let items = arguments.count > 1 ? arguments[1].items : results
      else { return .null }
      return body(results, items)
    }
    .withLambda()
  }

  private static func sum(_ values: [Value]) -> Value {
    values.reduce(.int(0)) { Arithmetic.apply(.add, $0, $1) }
  }

  private static func extreme(_ values: [Value], _ wanted: Order) -> Value {
    var best = Value.null
    for value in values where !value.isNull {
      if best.isNull || ValueOrder.compare(value, best) == wanted { best = value }
    }
    return best.isNull ? zero(like: values.first) : best
  }

  /// The items in the order of their keys; equal ones stay as they are, nulls come last.
  private static func sorted(_ items: [Value], by keys: [Value], _ wanted: Order) -> Value {
    guard keys.count == items.count else { return .null }
    let order = items.indices.sorted { left, right in
      if keys[left].isNull || keys[right].isNull {
        return keys[left].isNull == keys[right].isNull ? left < right : keys[right].isNull
      }
      let order = ValueOrder.total(keys[left], keys[right])
      return order == .equal ? left < right : order == wanted
    }
    return .array(order.map { items[$0] })
  }
}
