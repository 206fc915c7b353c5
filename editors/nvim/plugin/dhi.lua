if vim.g.loaded_dhi then
  return
end
vim.g.loaded_dhi = 1

if vim.fn.has('nvim-0.10') == 0 then
  vim.notify_once('dhi: Neovim 0.10 or later is needed', vim.log.levels.WARN)
  return
end

require('dhi.commands').register()
