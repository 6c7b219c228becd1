// Finds the rows whose users may be in a block.

import Columnar

/// Rows in the order of the hashes of their users.
struct RowsByUser: Sendable {
  private var withoutUser: [Int] = []
  private var rows: [Int] = []
  private var hashes: [UInt64] = []

  /// - Parameter userHash: the hash of the user of a row, nil without one.
  init(_ all: some Sequence<Int>, userHash: (Int) -> UInt64?) {
    var pairs: [(hash: UInt64, row: Int)] = []
    for row in all {
      if let hash = userHash(row) { pairs.append((hash, row)) } else { withoutUser.append(row) }
    }
    pairs.sort { $0.hash < $1.hash }
    rows = pairs.map(\.row)
    hashes = pairs.map(\.hash)
  }

  /// The rows whose users may be in `block`.
  func rows(in block: Int, of zones: UserZones) -> [Int] {
    let others = zones.blocksWithoutUser.contains(block) ? withoutUser : []
    guard let range = zones.hashes(ofBlock: block) else { return others }
    let start = place(ofHash: range.lowerBound)
    let end = range.upperBound == .max ? hashes.count : place(ofHash: range.upperBound + 1)
    return others + rows[start..<max(start, end)]
  }

  /// The place of the first row whose hash is not less.
  private func place(ofHash hash: UInt64) -> Int {
    var (lower, upper) = (0, hashes.count)
    while lower < upper {
      let middle = (lower + upper) / 2
      if hashes[middle] < hash { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }
}
