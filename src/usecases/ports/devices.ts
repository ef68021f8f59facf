import type { CustomerRef } from '../../core/customers/customer.ts'

/** An installation of an app that can be woken up. */
export type Device = {
  deviceId: string
  platform: 'ios'
  /** Names the installation to the platform's push service. */
  pushToken: string
  bundleId: string
  registeredAt: number
}

export type DeviceReads = {
  /** The devices of customers of one app, in one statement. */
  ofCustomers(
    customers: ReadonlyArray<Pick<CustomerRef, 'projectId' | 'customerId'>>,
    bundleId: string,
  ): Promise<Array<{ customerId: string; pushToken: string }>>
}

export type TxDevices = {
  /** Adds a device, or renews it under its id. */
  save(ref: CustomerRef, device: Device): Promise<void>
  /** Takes a token away from every other device of the project: an installation has one user at a time. */
  deleteTokenElsewhere(ref: CustomerRef, device: Pick<Device, 'deviceId' | 'pushToken'>): Promise<void>
  /** Keeps the devices that were registered last. */
  deleteBeyond(ref: CustomerRef, count: number): Promise<void>
  /** Answers whether there was one. */
  delete(ref: CustomerRef, deviceId: string): Promise<boolean>
  /** Gives a customer's devices to another one. Of two with one id the one that was registered later stays. */
  move(from: CustomerRef, to: CustomerRef): Promise<void>
  /** Forgets a token that the push service does not know, unless it was registered again since. Answers how many devices. */
  deleteByToken(pushToken: string, registeredBefore: number): Promise<number>
}
