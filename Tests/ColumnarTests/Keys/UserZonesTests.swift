// Which blocks may hold the rows of a user.

import EvtCore
import TestSupport
import Testing

@testable import Columnar

@Suite("UserZones") struct UserZonesTests {
  /// Rows so that some blocks have no user, some several, and some users several blocks.
  private static func events(_ random: inout SeededGenerator) -> [TestEvent] {
    let start: Int64 = 1_700_000_000_000_000_000
    return (0..<4 * Limits.blockRowsMax + 1_000).map { row in
      let user: String? =
        switch row % 8 {
        case 0...2: nil
        case 3...4: "crowd"
        case 5: ""
        default: "u\(random.below(3_000))"
        }
      return TestEvent(time: start + Int64(row), event: "e", user: user)
    }
  }

  @Test("a user's rows are in the blocks named for it, and few others are named")
  func blocks() throws {
    var random = SeededGenerator(seed: 21)
    let segment = try #require(try TestSegments.one(EventBatch(Self.events(&random))))
    let zones = UserZones(segment.footer)
    var named = 0
    for block in 0..<segment.footer.blockCount {
      let keys = try BlockKeys(segment, block: block, .eventID)
      let users = Set((0..<keys.rowCount).map { keys.userHash($0) })
      for user in users {
        #expect(zones.blocks(ofUser: user).contains(block))
        if user != nil { named += zones.blocks(ofUser: user).count }
      }
      for other in 0..<segment.footer.blockCount {
        let otherKeys = try BlockKeys(segment, block: other, .eventID)
        let others = Set((0..<otherKeys.rowCount).map { otherKeys.userHash($0) })
        if !users.isDisjoint(with: others) { #expect(zones.mayShareUsers(block, zones, other)) }
      }
    }
    #expect(named < 3_100)
    #expect(zones.blocks(ofUser: 0).count <= 1 && zones.blocks(ofUser: .max).count <= 1)
  }
}
