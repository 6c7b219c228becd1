// "Did you mean": the known names closest to one that is unknown.

/// Finds names that a person may have meant.
public enum NearestNames {
  /// Returns up to `limit` of `names` that resemble `name`, closest first, then in the order given.
  ///
  /// A name resembles another when few edits (insert, delete, replace, swap of neighbours) part
  /// them, at most a third of its length, or when one holds the other; case counts little.
  public static func find(
    _ name: String, among names: some Sequence<String>, limit: Int = 3
  ) -> [String] {
    let wanted = Array(name.unicodeScalars.prefix(lengthMax))
    let folded = fold(wanted)
    var found: [(cost: Int, order: Int, name: String)] = []
    for (order, candidate) in names.enumerated() where !candidate.utf8.elementsEqual(name.utf8) {
      let scalars = Array(candidate.unicodeScalars.prefix(lengthMax))
      guard let cost = cost(folded, fold(scalars), sameCase: wanted == scalars) else { continue }
      found.append((cost, order, candidate))
    }
    found.sort { ($0.cost, $0.order) < ($1.cost, $1.order) }
    // Beside a name that is off by one letter, one that is off by three only distracts.
    if let best = found.first?.cost { found.removeAll { $0.cost > best * 2 + 1 } }
    return found.prefix(limit).map(\.name)
  }

  /// Longer names are compared by their beginnings only.
  private static let lengthMax = 64

  /// Twice the edits, so that half steps can break ties; nil when the names have too little in
  /// common.
  private static func cost(
    _ wanted: [Unicode.Scalar], _ known: [Unicode.Scalar], sameCase: Bool
  ) -> Int? {
    if wanted == known { return sameCase ? 0 : 1 }
    let allowed = max(1, min(wanted.count, 12) / 3)
    if abs(wanted.count - known.count) <= allowed {
      let edits = distance(wanted, known)
      if edits <= allowed, edits < wanted.count { return edits * 2 }
    }
    let (short, long) = wanted.count < known.count ? (wanted, known) : (known, wanted)
    return short.count >= 3 && contains(long, short) ? allowed * 2 + 1 : nil
  }

  /// The least number of single edits between the two, in the restricted Damerau-Levenshtein sense:
  /// no text is edited twice.
  static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for i in 0..<left.count {
      var current = [i + 1]
      for j in 0..<right.count {
        let replace = last[j] + (left[i] == right[j] ? 0 : 1)
        var best = min(replace, last[j + 1] + 1, current[j] + 1)
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
          best = min(best, beforeLast[j - 1] + 1)
        }
        current.append(best)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }

  private static func fold(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    scalars.flatMap { Array($0.properties.lowercaseMapping.unicodeScalars) }
  }

  private static func contains(_ long: [Unicode.Scalar], _ short: [Unicode.Scalar]) -> Bool {
    (0...(long.count - short.count)).contains { start in
      long[start..<(start + short.count)].elementsEqual(short)
    }
  }
}
