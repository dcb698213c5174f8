/** @file The types of the decoder of lossless JPEG, which brings none. */

declare module "jpeg-lossless-decoder-js" {
  interface Decoder {
    decompress(buffer: ArrayBuffer, offset: number, length: number): ArrayBuffer;
  }
  const jpeg: { readonly lossless: { readonly Decoder: new (bytesPerPixel?: number) => Decoder } };
  export default jpeg;
}
