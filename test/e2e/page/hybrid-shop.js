// The mapping layer that React Native, Flutter and Unity use on the web.
import { PurchasesCommon } from '/sdk/index.js'

let purchases

globalThis.shop = {
  configure({ apiKey, appUserId, proxyURL }) {
    PurchasesCommon.setProxyUrl(proxyURL)
    purchases = PurchasesCommon.configure({ apiKey, appUserId, flavor: 'react-native', flavorVersion: '9.0.0' })
    return purchases.getAppUserId()
  },
  customer: async () => seen(await purchases.getCustomerInfo()),
  offerings: async () => (await purchases.getOfferings()).current.availablePackages.map((item) => item.identifier),
  async buy(packageIdentifier) {
    const presentedOfferingContext = { offeringIdentifier: 'default' }
    const { customerInfo } = await purchases.purchasePackage({ packageIdentifier, presentedOfferingContext })
    return seen(customerInfo)
  },
  async balance() {
    purchases.invalidateVirtualCurrenciesCache()
    return (await purchases.getVirtualCurrencies()).all.CRD.balance
  },
  setAttributes: (attributes) => purchases.setAttributes(attributes),
  async logIn(appUserId) {
    const { customerInfo, created } = await purchases.logIn(appUserId)
    return { ...seen(customerInfo), created }
  },
  logOut: async () => seen(await purchases.logOut()),
  userId: () => purchases.getAppUserId(),
}

function seen(customerInfo) {
  return {
    originalAppUserId: customerInfo.originalAppUserId,
    active: Object.keys(customerInfo.entitlements.active).sort(),
  }
}
