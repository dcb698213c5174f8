/** @file Opens the place in the net that an address means, by its scheme. */

import { refuseAddress, schemeOf } from "../../../files/address.js";
import type { ObjectsAt } from "./objects.js";

/** @throws FoveaError `bad-input` for an address of another kind, or where a package is missing */
export async function openObjects(address: string): Promise<ObjectsAt> {
  switch (schemeOf(address)) {
    case "s3":
      return (await import("./s3.js")).openS3(address);
    case "gs":
      return (await import("./gs.js")).openGs(address);
    case "hf":
      return (await import("./hub.js")).openHub(address);
    case "https":
    case "http":
      return (await import("./web.js")).openWeb(address);
    default: {
      refuseAddress(address);
      throw new Error(`internal: ${address} is no address`);
    }
  }
}
