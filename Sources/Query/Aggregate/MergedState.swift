// What an aggregate has gathered over all parts.

import EvtCore

/// The state of one aggregate over all parts, by group of the answer.
enum MergedState {
  case rows
  case counts([UInt64])
  case sums([ExactSum])
  case extremes([Extreme])
  /// Lists of entities, by list the groups of the answer, and what was counted elsewhere.
  case distinct([EntityList], groupMaps: [[UInt32]], counted: [UInt64])
  case samples(MappedParts<Sample>)
  case steps(MappedParts<StepEvent>)
  case accumulators([any Accumulator], AccumulatorFunction)

  /// The state before any part.
  init(_ aggregate: BoundAggregate, groupCount: Int) {
    switch aggregate.function {
    case .count where aggregate.input == nil && aggregate.condition == nil: self = .rows
    case .count: self = .counts([UInt64](repeating: 0, count: groupCount))
    case .sum, .average: self = .sums([ExactSum](repeating: ExactSum(), count: groupCount))
    case .extreme: self = .extremes([Extreme](repeating: Extreme(), count: groupCount))
    case .distinct:
      self = .distinct([], groupMaps: [], counted: [UInt64](repeating: 0, count: groupCount))
    case .quantile: self = .samples(MappedParts())
    case .windowFunnel: self = .steps(MappedParts())
    case .accumulator(let function):
      self = .accumulators((0..<groupCount).map { _ in function.make() }, function)
    }
  }

  /// Makes room for `groupCount` groups.
  mutating func grow(_ groupCount: Int) {
    switch self {
    case .counts(var counts) where counts.count < groupCount:
      self = .rows
      counts += [UInt64](repeating: 0, count: groupCount - counts.count)
      self = .counts(counts)
    case .sums(var sums) where sums.count < groupCount:
      self = .rows
      sums += [ExactSum](repeating: ExactSum(), count: groupCount - sums.count)
      self = .sums(sums)
    case .extremes(var extremes) where extremes.count < groupCount:
      self = .rows
      extremes += [Extreme](repeating: Extreme(), count: groupCount - extremes.count)
      self = .extremes(extremes)
    case .distinct(let lists, let maps, var counted) where counted.count < groupCount:
      self = .rows
      counted += [UInt64](repeating: 0, count: groupCount - counted.count)
      self = .distinct(lists, groupMaps: maps, counted: counted)
    case .accumulators(var states, let function):
      self = .rows
      while states.count < groupCount { states.append(function.make()) }
      self = .accumulators(states, function)
    default: break
    }
  }

  /// Adds a part whose groups have the numbers `map` in the answer.
  mutating func add(_ part: PartialState, _ map: [UInt32], _ aggregate: BoundAggregate) {
    // States are taken out for the loops, so that they have one owner and are changed in place.
    switch (self, part) {
    case (.counts(var counts), .counts(let theirs)):
      self = .rows
      for (group, merged) in map.enumerated() { counts[Int(merged)] += theirs[group] }
      self = .counts(counts)
    case (.sums(var sums), .sums(let theirs)):
      self = .rows
      for (group, merged) in map.enumerated() { sums[Int(merged)].merge(theirs[group]) }
      self = .sums(sums)
    case (.extremes(var extremes), .extremes(let theirs)):
      self = .rows
      let isMax = aggregate.function == .extreme(isMax: true)
      for (group, merged) in map.enumerated() {
        extremes[Int(merged)].merge(theirs[group], isMax: isMax)
      }
      self = .extremes(extremes)
    case (.distinct(var lists, var maps, let counted), .entities(let list)):
      self = .rows
      lists.append(list)
      maps.append(map)
      self = .distinct(lists, groupMaps: maps, counted: counted)
    case (.distinct(let lists, let maps, var counted), .countedEntities(let theirs)):
      self = .rows
      for (group, merged) in map.enumerated() { counted[Int(merged)] += theirs[group] }
      self = .distinct(lists, groupMaps: maps, counted: counted)
    case (.samples(var samples), .samples(let theirs)):
      self = .rows
      samples.add(theirs, map)
      self = .samples(samples)
    case (.steps(var events), .steps(let theirs)):
      self = .rows
      events.add(theirs, map)
      self = .steps(events)
    case (.accumulators(var states, let function), .accumulators(let theirs)):
      self = .rows
      for (group, merged) in map.enumerated() { states[Int(merged)].merge(theirs[group]) }
      self = .accumulators(states, function)
    default: break
    }
  }

  /// The state of unions of groups.
  func united(_ unions: GroupUnions, _ aggregate: BoundAggregate) -> MergedState {
    var united = MergedState(aggregate, groupCount: unions.count)
    let map = unions.unionByGroup
    switch self {
    case .rows: break
    case .counts(let counts): united.add(.counts(counts), map, aggregate)
    case .sums(let sums): united.add(.sums(sums), map, aggregate)
    case .extremes(let extremes): united.add(.extremes(extremes), map, aggregate)
    case .samples(let samples): united = .samples(samples.renumbered(by: map))
    case .steps(let events): united = .steps(events.renumbered(by: map))
    case .accumulators(let states, _): united.add(.accumulators(states), map, aggregate)
    case .distinct(let lists, let groupMaps, let counted):
      united.add(.countedEntities(counted), map, aggregate)
      for (list, groupMap) in zip(lists, groupMaps) {
        united.add(.entities(list), groupMap.map { map[Int($0)] }, aggregate)
      }
    }
    return united
  }

  /// Adds to each group what the groups before it in its run have. Entities are left to `finish`.
  mutating func cumulate(runLength: Int, _ aggregate: BoundAggregate) {
    switch self {
    case .rows, .distinct: break
    case .counts(var counts):
      counts.cumulate(runLength: runLength) { $0 += $1 }
      self = .counts(counts)
    case .sums(var sums):
      sums.cumulate(runLength: runLength) { $0.merge($1) }
      self = .sums(sums)
    case .extremes(var extremes):
      let isMax = aggregate.function == .extreme(isMax: true)
      extremes.cumulate(runLength: runLength) { $0.merge($1, isMax: isMax) }
      self = .extremes(extremes)
    case .samples, .steps, .accumulators:
      preconditionFailure("BUG: \(aggregate.function) does not cumulate")
    }
  }

  /// The figures by group.
  /// - Parameter runLength: see `DistinctMerge`.
  func finish(
    _ aggregate: BoundAggregate, _ type: FieldType, _ groupCount: Int, _ pool: WorkerPool,
    runLength: Int = 1
  ) throws -> Figures {
    switch self {
    case .rows: return .rows
    case .counts(let counts): return .counts(counts)
    case .sums(let sums):
      return .values(sums.map { Self.sum($0, aggregate) })
    case .extremes(let extremes):
      let isMax = aggregate.function == .extreme(isMax: true)
      return .values(extremes.map { $0.value(isMax: isMax) })
    case .distinct(let lists, let maps, let counted):
      let merge = DistinctMerge(
        lists, groupMaps: maps, groupCount: groupCount, runLength: runLength)
      var counts = zip(counted, try merge.counts(pool)).map { $0 &+ $1 }
      counts.cumulate(runLength: runLength) { $0 &+= $1 }
      return .counts(counts)
    case .samples(let samples):
      guard case .quantile(let quantile) = aggregate.function else { return .rows }
      return .values(
        try samples.byGroup(groupCount, pool, group: \.group) { numbers in
          quantile.value(of: numbers, type)
        })
    case .accumulators(let states, _): return .values(try states.map { try $0.checkedValue() })
    case .steps(let events):
      guard case .windowFunnel(let window) = aggregate.function else { return .rows }
      let stepCount = aggregate.steps.count
      return .values(
        try events.byGroup(groupCount, pool, group: \.group) { events in
          var latestStart = [Int64?](repeating: nil, count: stepCount)
          let level = StepEvent.level(
            StepEvent.ordered(events), stepCount: stepCount, window: window, &latestStart)
          return .int(Int64(level))
        })
    }
  }

  private static func sum(_ sum: ExactSum, _ aggregate: BoundAggregate) -> Value {
    if aggregate.function == .average { return sum.average.map { .double($0) } ?? .null }
    return aggregate.sumsToNull && sum.count == 0 ? .null : Value(sum.value)
  }
}

extension Array {
  /// Adds to each element the one before it, within runs of so many.
  mutating func cumulate(runLength: Int, _ add: (inout Element, Element) -> Void) {
    if runLength == 1 { return }
    for index in indices where index % runLength != 0 { add(&self[index], self[index - 1]) }
  }
}

extension Value {
  /// A sum as a value.
  init(_ sum: SumValue) {
    switch sum {
    case .int(let value): self = .int(value)
    case .double(let value): self = .double(value)
    case .decimal(let text):
      self = ExactDecimal(parsing: text.utf8).map { .decimal($0) } ?? .null
    }
  }
}
