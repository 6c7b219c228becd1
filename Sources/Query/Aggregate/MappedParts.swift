// What single rows gave an aggregate, part by part, until it is brought together by group.

import EvtCore

/// Lists of elements of groups, which have other numbers in the answer than in their list.
struct MappedParts<Element: Sendable>: Sendable {
  /// Each list with the group of the answer for each of its groups.
  private var parts: [(elements: [Element], map: [UInt32])] = []

  /// Adds a list whose groups have the numbers `map` in the answer.
  mutating func add(_ elements: [Element], _ map: [UInt32]) { parts.append((elements, map)) }

  /// The same lists when the answer's groups have the numbers `map`.
  func renumbered(by map: [UInt32]) -> Self {
    var renumbered = self
    for index in parts.indices {
      renumbered.parts[index].map = parts[index].map.map { map[Int($0)] }
    }
    return renumbered
  }

  /// Brings the elements together by group, in the order of the parts, and computes a value for
  /// each group, in parallel.
  /// - Parameter group: the group of an element in its list.
  func byGroup(
    _ groupCount: Int, _ pool: WorkerPool, group: @Sendable (Element) -> UInt32,
    _ body: @escaping @Sendable (ArraySlice<Element>) -> Value
  ) throws -> [Value] {
    let starts = starts(groupCount, group)
    let ordered = ordered(starts, group)
    let jobs = min(groupCount, pool.threads * 4)
    let values = try pool.map(count: jobs) { job in
      (groupCount * job / jobs..<groupCount * (job + 1) / jobs).map { group in
        body(ordered[starts[group]..<starts[group + 1]])
      }
    }
    return Array(values.joined())
  }

  /// Where the elements of each group begin, and behind the last one where they end.
  private func starts(_ groupCount: Int, _ group: (Element) -> UInt32) -> [Int] {
    var starts = [Int](repeating: 0, count: groupCount + 1)
    for (elements, map) in parts {
      for element in elements { starts[Int(map[Int(group(element))]) + 1] += 1 }
    }
    for index in 0..<groupCount { starts[index + 1] += starts[index] }
    return starts
  }

  private func ordered(_ starts: [Int], _ group: (Element) -> UInt32) -> [Element] {
    var places = starts
    return [Element](unsafeUninitializedCapacity: starts.last ?? 0) { ordered, count in
      guard let base = ordered.baseAddress else { return }
      for (elements, map) in parts {
        for element in elements {
          let target = Int(map[Int(group(element))])
          (base + places[target]).initialize(to: element)
          places[target] += 1
        }
      }
      // Each place is written once: the groups' elements were counted.
      count = starts.last ?? 0
    }
  }
}
