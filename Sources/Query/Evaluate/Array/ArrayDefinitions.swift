// Functions of arrays and tuples.

import EvtCore

extension FunctionDefinition {
  private static let sameItems: @Sendable ([BoundPart]) -> ValueFamilies = { $0[0].element }
  private static let allItems: @Sendable ([BoundPart]) -> ValueFamilies = { parts in
    parts.reduce(into: []) { $0.formUnion($1.element) }
  }

  static let arrays: [FunctionDefinition] = [
    FunctionDefinition("array", takes: [.any], arity: 0...100_000, gives: .array, nulls: .never) {
      .array($0)
    }
    .givingItems { $0.reduce(into: []) { $0.formUnion($1.families) } },
    FunctionDefinition("tuple", takes: [.any], arity: 0...999, gives: .tuple, nulls: .never) {
      .tuple($0)
    },
    FunctionDefinition(
      "arrayElement", takes: [.list, .number], gives: .any, nulls: .partial
    ) { arguments in
      guard let items = arguments[0].items, let place = arguments[1].integer else { return .null }
      return JSONValue.index(place, items.count).map { items[$0] } ?? zero(like: items.first)
    }
    .giving(sameItems),
    FunctionDefinition(
      "tupleElement", takes: [[.tuple, .array], .number], gives: .any, nulls: .partial
    ) { arguments in
      guard let items = arguments[0].items, let place = arguments[1].integer else { return .null }
      return JSONValue.index(place, items.count).map { items[$0] } ?? .null
    }
    .giving { _ in [] },
    FunctionDefinition("has", takes: [.list, .any], gives: .bool, nulls: .possible) { arguments in
      guard let items = arguments[0].items else {
        return arguments[0].isNull ? .null : .bool(false)
      }
      return .bool(items.contains { areEqual($0, arguments[1]) })
    },
    ofTwo("hasAny", gives: .bool) { left, right in .bool(right.contains { holds(left, $0) }) },
    ofTwo("hasAll", gives: .bool) { left, right in .bool(right.allSatisfy { holds(left, $0) }) },
    ofTwo("hasSubstr", gives: .bool) { left, right in
      guard right.count <= left.count else { return .bool(false) }
      return .bool(
        (0...(left.count - right.count)).contains { start in
          right.indices.allSatisfy { areEqual(left[start + $0], right[$0]) }
        })
    },
    FunctionDefinition("indexOf", takes: [.list, .any], gives: .number) { arguments in
      guard let items = arguments[0].items else { return .null }
      return .int(Int64((items.firstIndex { areEqual($0, arguments[1]) } ?? -1) + 1))
    },
    FunctionDefinition("countEqual", takes: [.list, .any], gives: .number) { arguments in
      guard let items = arguments[0].items else { return .null }
      return .int(Int64(items.count { areEqual($0, arguments[1]) }))
    },
    FunctionDefinition("arrayConcat", takes: [.list], arity: 1...999, gives: .array) { arguments in
      .array(arguments.flatMap { $0.items ?? [] })
    }
    .givingItems(allItems),
    FunctionDefinition(
      "arraySlice", takes: [.list, .number], arity: 2...3, gives: .array, nulls: .partial
    ) { arguments in
      guard let items = arguments[0].items, let offset = arguments[1].integer else { return .null }
      let length = arguments.count > 2 ? arguments[2].integer : nil
      return .array(TextFunctions.substring(items, offset: offset, length: length))
    }
    .givingItems(sameItems),
    items("arrayReverse") { $0.reversed() },
    items("arrayDistinct") { distinct($0.filter { !$0.isNull }) },
    items("arrayCompact") { items in
      items.indices.filter { $0 == 0 || !areEqual(items[$0], items[$0 - 1]) }.map { items[$0] }
    },
    items("arrayPopBack") { Array($0.dropLast()) },
    items("arrayPopFront") { Array($0.dropFirst()) },
    items("arrayEnumerate") { items in items.indices.map { .int(Int64($0) + 1) } }
      .givingItems { _ in .number },
    items("arrayFlatten", "flatten") { flattened($0) }.givingItems { _ in [] },
    FunctionDefinition(
      "arrayPushBack", takes: [.list, .any], gives: .array, nulls: .possible
    ) { arguments in arguments[0].items.map { .array($0 + [arguments[1]]) } ?? .null }
    .givingItems { $0[0].element.union($0[1].families) },
    FunctionDefinition(
      "arrayPushFront", takes: [.list, .any], gives: .array, nulls: .possible
    ) { arguments in arguments[0].items.map { .array([arguments[1]] + $0) } ?? .null }
    .givingItems { $0[0].element.union($0[1].families) },
    FunctionDefinition("arrayZip", takes: [.list], arity: 1...999, gives: .array) { arguments in
      let lists = arguments.compactMap(\.items)
      guard lists.count == arguments.count, lists.allSatisfy({ $0.count == lists[0].count }) else {
        return .null
      }
      return .array(lists[0].indices.map { place in .tuple(lists.map { $0[place] }) })
    }
    .givingItems { _ in .tuple },
    FunctionDefinition(
      "range", takes: [.number], arity: 1...3, gives: .array, nulls: .partial
    ) { range($0.map(\.integer)) }
    .givingItems { _ in .number },
    FunctionDefinition(
      "arrayWithConstant", takes: [.number, .any], gives: .array, nulls: .partial
    ) { arguments in
      guard let count = arguments[0].integer, (0...itemsMax).contains(count) else { return .null }
      return .array([Value](repeating: arguments[1], count: Int(count)))
    }
    .givingItems { $0[1].families },
    FunctionDefinition("arrayIntersect", takes: [.list], arity: 1...999, gives: .array) {
      let lists = $0.map { $0.items ?? [] }
      return .array(
        distinct(lists[0]).filter { item in lists.dropFirst().allSatisfy { holds($0, item) } })
    }
    .givingItems(sameItems),
    FunctionDefinition("arrayUniq", takes: [.list], gives: .number) { arguments in
      arguments[0].items.map { .int(Int64(distinct($0).count)) } ?? .null
    },
  ]

  /// Items that one function may make.
  static let itemsMax: Int64 = 1_000_000

  static func areEqual(_ left: Value, _ right: Value) -> Bool {
    left.isNull ? right.isNull : ValueOrder.compare(left, right) == .equal
  }

  private static func holds(_ items: [Value], _ value: Value) -> Bool {
    items.contains { areEqual($0, value) }
  }

  private static func distinct(_ items: [Value]) -> [Value] {
    var seen: Set<Value> = []
    return items.filter { seen.insert($0.plain).inserted }
  }

  private static func flattened(_ items: [Value]) -> [Value] {
    items.flatMap { item in
      if case .array(let inner) = item { flattened(inner) } else { [item] }
    }
  }

  /// What an array whose items are like `value` gives beyond its end.
  static func zero(like value: Value?) -> Value {
    switch value {
    case .int, .decimal: .int(0)
    case .double: .double(0)
    case .bool: .bool(false)
    case .text: .text([])
    case .time: .time(0)
    case .date: .date(0)
    case .array: .array([])
    case .tuple(let items): .tuple(items.map { zero(like: $0) })
    case .json, .null, nil: .null
    }
  }

  private static func items(
    _ name: String, _ synonym: String? = nil, _ body: @escaping @Sendable ([Value]) -> [Value]
  ) -> FunctionDefinition {
    var function = FunctionDefinition(name, takes: [.list], gives: .array) { arguments in
      arguments[0].items.map { .array(body($0)) } ?? .null
    }
    if let synonym { function.synonyms = [synonym] }
    return function.givingItems(sameItems)
  }

  private static func ofTwo(
    _ name: String, gives families: ValueFamilies,
    _ body: @escaping @Sendable ([Value], [Value]) -> Value
  ) -> FunctionDefinition {
    FunctionDefinition(name, takes: [.list, .list], gives: families) { arguments in
      guard let left = arguments[0].items, let right = arguments[1].items else { return .null }
      return body(left, right)
    }
  }

  private static func range(_ bounds: [Int64?]) -> Value {
    let known = bounds.compactMap { $0 }
    guard known.count == bounds.count else { return .null }
    let (start, end) = known.count == 1 ? (0, known[0]) : (known[0], known[1])
    let step = known.count > 2 ? known[2] : 1
    guard step != 0 else { return .null }
    var items: [Value] = []
    var next = start
    while step > 0 ? next < end : next > end {
      guard items.count < itemsMax else { return .null }
      items.append(.int(next))
      let (sum, overflow) = next.addingReportingOverflow(step)
      if overflow { break }
      next = sum
    }
    return .array(items)
  }
}
