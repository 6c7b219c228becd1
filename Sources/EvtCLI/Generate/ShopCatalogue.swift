// The invented shop: its products, its customers' devices and countries, and the words of its log.

/// A product of the shop.
struct ShopProduct {
  var category: UInt8
  var adjective: UInt8
  var noun: UInt8
  var cents: Int32
}

/// The fixed facts that the log is written from, as literals that are copied whole.
///
/// Entries that are likelier stand in a list more than once, so that one uniform draw picks them.
struct ShopCatalogue {
  /// All products; the number in `product_id` is the index.
  let products: [ShopProduct]

  init(seed: UInt64) {
    var random = SeededRandom(seed: seed ^ 0x7072_6F64)
    products = (0..<Self.productCount).map { _ in
      let category = random.below(Self.categories.count)
      let whole = Int32(3 + random.below(12) * random.below(12) + random.below(60))
      let charm: [Int32] = [99, 99, 99, 49, 95, 0]
      return ShopProduct(
        category: UInt8(category), adjective: UInt8(random.below(Self.adjectives.count)),
        noun: UInt8(random.below(Self.nounsPerCategory)),
        cents: whole * 100 + charm[random.below(charm.count)])
    }
  }

  static let productCount = 2_000
  static let nounsPerCategory = 4

  let categories: [StaticString] = Self.categories
  let adjectives: [StaticString] = Self.adjectives
  let nouns: [StaticString] = [
    "Shirt", "Jacket", "Dress", "Jeans", "Sneakers", "Boots", "Sandals", "Loafers",
    "Lamp", "Rug", "Cushion", "Vase", "Kettle", "Pan", "Knife Set", "Grinder",
    "Headphones", "Speaker", "Charger", "Keyboard", "Novel", "Atlas", "Cookbook", "Notebook",
    "Puzzle", "Board Game", "Plush Bear", "Train Set", "Tent", "Backpack", "Bottle", "Yoga Mat",
  ]
  private static let categories: [StaticString] = [
    "clothing", "shoes", "home", "kitchen", "electronics", "books", "toys", "outdoor",
  ]
  private static let adjectives: [StaticString] = [
    "Linen", "Classic", "Compact", "Everyday", "Nordic", "Recycled", "Slim", "Soft", "Sturdy",
    "Vintage", "Wide", "Woven", "Matte", "Travel", "Crème", "Olive",
  ]

  /// Device, system and browser, as they stand in `context` up to the closing quote.
  let devices: [StaticString] = [
    #""device":"mobile","os":"iOS 18.5","browser":"Safari"#,
    #""device":"mobile","os":"iOS 18.5","browser":"Safari"#,
    #""device":"mobile","os":"iOS 17.7","browser":"Safari"#,
    #""device":"mobile","os":"Android 15","browser":"Chrome"#,
    #""device":"mobile","os":"Android 14","browser":"Chrome"#,
    #""device":"mobile","os":"Android 14","browser":"Samsung Internet"#,
    #""device":"desktop","os":"Windows 11","browser":"Chrome"#,
    #""device":"desktop","os":"Windows 11","browser":"Edge"#,
    #""device":"desktop","os":"macOS 15","browser":"Safari"#,
    #""device":"desktop","os":"macOS 15","browser":"Chrome"#,
    #""device":"desktop","os":"Linux","browser":"Firefox"#,
    #""device":"tablet","os":"iPadOS 18","browser":"Safari"#,
  ]
  /// The devices below this index are phones.
  static let phoneCount = 6

  /// The same devices in the shape of a browser tracker, which knows less.
  let trackerDevices: [StaticString] = [
    "mobile", "mobile", "mobile", "mobile", "mobile", "mobile", "desktop", "desktop", "desktop",
    "desktop", "desktop", "tablet",
  ]

  /// The customers' countries.
  let countries: [StaticString] = [
    "US", "US", "US", "US", "DE", "DE", "DE", "GB", "GB", "FR", "FR", "ES", "NL", "PL", "BR", "JP",
  ]
  /// What the countries pay in, by the same index.
  let currencies: [StaticString] = [
    "USD", "USD", "USD", "USD", "EUR", "EUR", "EUR", "GBP", "GBP", "EUR", "EUR", "EUR", "EUR",
    "PLN", "BRL", "JPY",
  ]

  /// Releases of the shop's app; each replaces the one before it over a few days.
  let versions: [StaticString] = [
    "3.11.0", "3.11.2", "3.12.0", "3.12.1", "3.13.0", "3.14.0", "3.14.1", "3.15.0",
  ]
  /// The release that broke payments on phones: a story for funnels and alerts to find.
  static let brokenVersion = 5

  /// Where sessions come from; the first ones are direct and have no referrer.
  let referrers: [StaticString] = [
    "", "", "", "https://www.google.com/", "https://www.google.com/", "https://www.bing.com/",
    "https://duckduckgo.com/", "https://www.instagram.com/", "https://t.co/x7Qm2",
    "https://news.example.org/gifts?ref=shop&id=42",
  ]
  static let directCount = 3

  let campaigns: [StaticString] = ["spring_sale", "newsletter_12", "retargeting", "brand"]
  let campaignSources: [StaticString] = ["google", "newsletter", "instagram", "google"]

  let queries: [StaticString] = [
    "linen shirt", "sneakers white", "running shoes", "gift for dad", "usb c charger",
    "rain jacket", "coffee grinder", "crème brûlée set", "27\\\" monitor arm", "tent 2 person",
    "Kinderbuch ab 6", "yoga mat", "headphones", "schreibtischlampe", "ノート", "board game",
  ]

  let pages: [StaticString] = [
    "/", "/", "/", "/deals", "/new", "/category/clothing", "/category/shoes", "/category/home",
    "/category/electronics", "/category/books", "/account", "/help/shipping", "/stores", "/about",
  ]

  let paymentMethods: [StaticString] = ["card", "card", "paypal", "apple_pay", "invoice"]
  let paymentFailures: [StaticString] = ["card_declined", "timeout", "3ds_failed"]
  let loginMethods: [StaticString] = ["password", "password", "google", "apple"]
  let coupons: [StaticString] = ["WELCOME10", "SPRING", "FREESHIP"]
  let refundReasons: [StaticString] = ["size", "damaged", "late", "changed_mind"]
  let errorMessages: [StaticString] = [
    "TypeError: Cannot read properties of undefined (reading 'price')",
    "ChunkLoadError: Loading chunk 17 failed", "NetworkError when attempting to fetch resource",
    "Unexpected token '<', \\\"<!DOCTYPE \\\"... is not valid JSON",
  ]
}
