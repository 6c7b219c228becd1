// Why a pass over the users is given up.

/// The lists of users' events outgrew their memory: take fewer users at a time.
struct ListsTooLarge: Error {}
