// Which blocks of a segment may hold rows of a user.

import EvtCore

/// The users of each block, by hash; rows are in the order of users.
public struct UserZones: Sendable {
  /// The least and greatest hash of the users in each block, nil where no row has a user.
  private let hashes: [ClosedRange<UInt64>?]
  /// The blocks that may hold rows without a user.
  public let blocksWithoutUser: Range<Int>

  /// Reads the zone maps of `footer`.
  public init(_ footer: SegmentFooter) {
    let users = footer.column(role: .user).map { footer.columns[$0] }
    hashes = (users?.zones ?? []).map { zone in
      guard case .hashes(let least, let greatest) = zone else { return nil }
      return least...max(least, greatest)
    }
    blocksWithoutUser =
      0..<(footer.rowsWithoutUser + Limits.blockRowsMax - 1) / Limits.blockRowsMax
  }

  /// The blocks that may hold rows of the user with this hash, nil standing for rows without one.
  public func blocks(ofUser hash: UInt64?) -> Range<Int> {
    guard let hash else { return blocksWithoutUser }
    // A block without users comes before all others.
    var (lower, upper) = (0, hashes.count)
    while lower < upper {
      let middle = (lower + upper) / 2
      if (hashes[middle]?.upperBound).map({ $0 < hash }) ?? true {
        lower = middle + 1
      } else {
        upper = middle
      }
    }
    var end = lower
    while end < hashes.count, let range = hashes[end], range.contains(hash) { end += 1 }
    return lower..<end
  }

  /// The least and the greatest hash of the users in `block`, nil where no row has one.
  public func hashes(ofBlock block: Int) -> ClosedRange<UInt64>? {
    block < hashes.count ? hashes[block] : nil
  }

  /// Whether a user may have rows both in `block` and in `other` of `others`.
  public func mayShareUsers(_ block: Int, _ others: UserZones, _ other: Int) -> Bool {
    if blocksWithoutUser.contains(block), others.blocksWithoutUser.contains(other) { return true }
    guard let own = hashes[block], let their = others.hashes[other] else { return false }
    return own.overlaps(their)
  }
}
