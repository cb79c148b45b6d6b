import { pathToFileURL } from "node:url";

/** Whether a module is the program that Node runs. */
export const isMain = (url) => url === pathToFileURL(process.argv[1]).href;
