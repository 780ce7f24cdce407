/** The items of a list, which lets go of each as it is given: for lists that take much memory. The list is empty afterwards. */
export function* drained<Item>(items: Item[]): Generator<Item> {
  items.reverse();
  for (let item = items.pop(); item !== undefined; item = items.pop()) yield item;
}
