// SPDX-License-Identifier: BSD-3-Clause
// What a browser offers to the status page's scripts, of any type: TypeScript's own description of it is
// stricter than index.html, and differs from version to version. Names that are not here are errors.
declare const document: any;
declare const window: any;
declare const location: any;
declare const history: any;
declare const navigator: any;
declare const performance: any;
declare const sessionStorage: any;
declare const localStorage: any;
declare const AbortSignal: any;
declare const ResizeObserver: any;
declare const URLSearchParams: any;
declare function fetch(resource: string, options?: object): Promise<any>;
declare function setTimeout(callback: () => void, after_ms: number): number;
declare function clearTimeout(timer: number): void;
declare function getComputedStyle(element: any): any;
declare function addEventListener(type: string, listener: (event: any) => void, options?: object): void;
declare function matchMedia(query: string): any;

// Of ES2023, which browsers have and older compilers do not.
interface Array<T> {
	findLast(test: (item: T) => unknown): T | undefined;
}
